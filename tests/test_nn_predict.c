/* A prediction of few rows is for those who ask often: it starts no thread. In a program of its own, since
 * threads that were started stay. */
#include "training_data.h"

#include <dirent.h>
#include <omp.h>

/* Of this process; 0: the system does not tell. */
static size_t count_threads(void) {
    DIR *folder = opendir("/proc/self/task");
    size_t count = 0;
    for (struct dirent *entry; folder && (entry = readdir(folder));) count += entry->d_name[0] != '.';
    if (folder) closedir(folder);
    return count;
}

static void few_rows_start_no_thread(void **state) {
    (void)state;
    enum { MANY = 5000 };
    size_t before = count_threads();
    if (before == 0) skip();
    omp_set_num_threads(4);
    samples s = waves(MANY, 1, 0.1, 1);
    marq_net *net = start_net(3, (size_t[]){2, 8, 1}, MARQ_INIT_NGUYEN_WIDROW, 1);
    double *Y = marq_alloc_doubles(MANY, 1);
    assert_int_equal(marq_net_predict(net, 1, s.X, Y, 0), MARQ_OK);
    assert_int_equal(marq_net_predict(net, 100, s.X, Y, 0), MARQ_OK);
    REQUIRE(count_threads() == before, "%zu threads after 100 rows, %zu before", count_threads(), before);
    assert_int_equal(marq_net_predict(net, MANY, s.X, Y, 0), MARQ_OK);
    REQUIRE(count_threads() > before, "%zu threads after %d rows too", before, MANY);
    free(Y);
    marq_net_destroy(net);
    samples_destroy(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(few_rows_start_no_thread)};
    return cmocka_run_group_tests_name("nn_predict", tests, NULL, NULL);
}
