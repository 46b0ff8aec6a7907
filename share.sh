cd /tmp/team/speed; export OMP_NUM_THREADS=2
for i in 1 2; do for b in $*; do ./$b wide 14; ./$b multi 14; done; done
