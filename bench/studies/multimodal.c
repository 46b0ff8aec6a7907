/* The multimodal data: errors over epochs and time, what tanh's accuracy is worth, start values, SGD, one
 * epoch's profile. */
#include "../multimodal/multimodal.h"

static void run(bench *b) {
    bench_multimodal_training(b);
    bench_multimodal_tanh(b);
    bench_multimodal_starts(b);
    bench_multimodal_sgd(b);
    bench_multimodal_flame(b);
}

const bench_study bench_this = {
    .name = "multimodal",
    .title = "The multimodal data",
    .about = "y = -x sin 10x, 1000 rows, split 70/20/10, net 1-20-20-10-1 with tanh, 681 parameters. Errors "
             "are mean squared "
             "errors on outputs scaled to [0,1], so that they compare with the recorded run (2000 epochs at "
             "42 ms, 83.9 s; it "
             "normalised on all rows, accepted steps by the validation error and took two factorisations an "
             "epoch). `full "
             "batch`: all rows in every step, marq's damping and second-order correction, analytic Jacobian; "
             "`fd`: by forward "
             "differences; `default`: as marq trains if nothing is said. An epoch is an accepted step, or a "
             "pass over the rows "
             "by batches. MSE columns are those of the best validation error. `--sizes N` gives the epochs, "
             "`--iterations` the "
             "seeds of the runs, `--threads N` the threads.",
    .run = run,
};
