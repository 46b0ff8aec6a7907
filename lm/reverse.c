/* Reverse communication: marq_solve in a thread of its own, whose callbacks hand their work to the caller's
 * thread and sleep until it is done. One of both has the turn; a mutex and a condition pass it on. */
#include <marq/reverse.h>

#include <base/error.h>
#include <base/memory.h>
#include <base/team.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct marq_reverse {
    marq_problem problem; /* the caller's, with the callbacks of this file */
    marq_ties ties;
    marq_options options;
    const marq_problem *given; /* what the caller's other callbacks get as user is his own */
    void *user;
    marq_loss_function loss_function;
    const marq_ties *given_ties;
    int what; /* MARQ_REVERSE_… */
    marq_workspace *work;
    double *theta, *covariance, *deviation;

    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t passed;
    bool solvers_turn, cancelled, finished; /* under the mutex, as are the next two */
    marq_request request;
    int answer;

    const double *at; /* of the request */
    size_t first, count;
    double *residual, *jacobian;
    const marq_progress *progress;

    marq_result result;
    marq_uncertainty uncertainty;
    marq_error error; /* of the covariance; its status MARQ_OK if there is one */
};

/* ---- The turn ---- */

static void pass_turn(marq_reverse *self, bool to_solver) {
    self->solvers_turn = to_solver;
    pthread_cond_signal(&self->passed);
}

static void await_turn(marq_reverse *self, bool solvers) {
    while (self->solvers_turn != solvers) pthread_cond_wait(&self->passed, &self->mutex);
}

/* In the solver's thread: has the caller do something. */
static int ask(marq_reverse *self, marq_request request) {
    pthread_mutex_lock(&self->mutex);
    if (!self->cancelled) {
        self->request = request;
        pass_turn(self, false);
        await_turn(self, true);
    }
    int answer = self->cancelled ? MARQ_CALLBACK_ABORT : self->answer;
    pthread_mutex_unlock(&self->mutex);
    self->residual = self->jacobian = NULL;
    self->progress = NULL;
    return answer;
}

marq_request marq_reverse_next(marq_reverse *self, int answer) {
    pthread_mutex_lock(&self->mutex);
    if (!self->finished) {
        self->answer = answer;
        pass_turn(self, true);
        await_turn(self, false);
    }
    marq_request request = self->request;
    pthread_mutex_unlock(&self->mutex);
    return request;
}

/* ---- The solver's thread ---- */

static int residual(void *user, const double *theta, size_t first, size_t count, double *r) {
    marq_reverse *self = user;
    self->first = first;
    self->count = count;
    self->at = theta;
    self->residual = r;
    return ask(self, MARQ_REQUEST_RESIDUAL);
}

/* stride is n. */
static int jacobian(void *user, const double *theta, size_t first, size_t count, double *J, size_t stride) {
    marq_reverse *self = user;
    (void)stride;
    self->first = first;
    self->count = count;
    self->at = theta;
    self->jacobian = J;
    return ask(self, MARQ_REQUEST_JACOBIAN);
}

static int progress(void *user, const marq_progress *now) {
    marq_reverse *self = user;
    self->at = now->theta;
    self->progress = now;
    return ask(self, MARQ_REQUEST_PROGRESS);
}

static void loss(void *user, double z, double rho[3]) {
    const marq_reverse *self = user;
    self->loss_function(self->user, z, rho);
}

static int tie_function(void *user, double *theta) {
    const marq_reverse *self = user;
    return self->given_ties->function(self->user, theta);
}

static int tie_derivative(void *user, const double *theta, double *slopes) {
    const marq_reverse *self = user;
    return self->given_ties->derivative(self->user, theta, slopes);
}

static bool wants_covariance(const marq_reverse *self) {
    return self->what & (MARQ_REVERSE_WITH_COVARIANCE | MARQ_REVERSE_WITH_ABSOLUTE);
}

static void *run(void *argument) {
    marq_reverse *self = argument;
    pthread_mutex_lock(&self->mutex);
    await_turn(self, true);
    bool cancelled = self->cancelled;
    pthread_mutex_unlock(&self->mutex);
    if (!cancelled) marq_solve_in(self->work, &self->problem, &self->options, self->theta, &self->result);
    if (!cancelled && wants_covariance(self) && self->result.status > 0)
        self->error.status = marq_covariance_at(
            &self->problem, &self->options, self->theta, self->what & MARQ_REVERSE_WITH_ABSOLUTE, NULL,
            self->covariance, self->deviation, &self->uncertainty, &self->error);
    pthread_mutex_lock(&self->mutex);
    self->finished = true;
    self->request = MARQ_REQUEST_FINISHED;
    self->at = self->theta;
    pass_turn(self, false);
    pthread_mutex_unlock(&self->mutex);
    return NULL;
}

/* ---- Beginning and end ---- */

static void bind_callbacks(marq_reverse *self, const marq_problem *problem) {
    marq_problem *own = &self->problem;
    *own = *problem;
    self->user = problem->user;
    self->loss_function = problem->loss_function;
    self->given_ties = problem->ties;
    own->user = self;
    own->residual = residual;
    own->jacobian = self->what & MARQ_REVERSE_WITH_JACOBIAN ? jacobian : NULL;
    own->products = NULL;
    own->concurrent = 0;
    if (problem->row_block == 0) own->row_block = problem->rows;
    if (problem->loss_function) own->loss_function = loss;
    if (!problem->ties) return;
    self->ties = *problem->ties;
    if (problem->ties->function) self->ties.function = tie_function;
    if (problem->ties->derivative) self->ties.derivative = tie_derivative;
    own->ties = &self->ties;
}

static void bind_options(marq_reverse *self, const marq_options *options) {
    self->options = options ? *options : marq_options_default();
    /* The new thread does not know how many OpenMP threads this one would take. */
    if (self->options.threads == 0) self->options.threads = marq_team_size(0);
    if (!(self->what & MARQ_REVERSE_WITH_PROGRESS)) return;
    self->options.progress = progress;
    self->options.progress_user = self;
}

static bool allocate(marq_reverse *self, const double *theta) {
    size_t n = self->problem.parameters;
    self->theta = marq_alloc_doubles(n, 1);
    if (!self->theta) return false;
    memcpy(self->theta, theta, n * sizeof *theta);
    if (!wants_covariance(self)) return true;
    self->covariance = marq_alloc_doubles(n, n);
    self->deviation = marq_alloc_doubles(n, 1);
    return self->covariance && self->deviation;
}

static void release(marq_reverse *self) {
    marq_workspace_destroy(self->work);
    free(self->theta);
    free(self->covariance);
    free(self->deviation);
    free(self);
}

/* Signals stay with the threads that the host made. */
static bool start_thread(marq_reverse *self) {
    sigset_t all, before;
    sigfillset(&all);
    if (pthread_mutex_init(&self->mutex, NULL) != 0) return false;
    if (pthread_cond_init(&self->passed, NULL) != 0) {
        pthread_mutex_destroy(&self->mutex);
        return false;
    }
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&self->thread, NULL, run, self) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started) return true;
    pthread_cond_destroy(&self->passed);
    pthread_mutex_destroy(&self->mutex);
    return false;
}

marq_reverse *marq_reverse_create(const marq_problem *problem, const marq_options *options,
                                  const double *theta, int what, marq_error *error) {
    if (!problem || !theta) {
        marq_fail(error, MARQ_ERROR_ARGUMENT, "an argument is NULL");
        return NULL;
    }
    marq_reverse *self = marq_alloc(1, sizeof *self);
    if (!self) {
        marq_fail_memory(error, "a solver");
        return NULL;
    }
    self->what = what;
    self->error.status = MARQ_ERROR_ARGUMENT;
    bind_callbacks(self, problem);
    bind_options(self, options);
    self->work = marq_workspace_create(&self->problem, &self->options, error);
    bool allocated = self->work && allocate(self, theta);
    if (self->work && !allocated) marq_fail_memory(error, "a solver");
    if (allocated && !start_thread(self)) {
        marq_fail(error, MARQ_ERROR_MEMORY, "the solver's thread cannot be started");
        allocated = false;
    }
    if (allocated) return self;
    release(self);
    return NULL;
}

void marq_reverse_destroy(marq_reverse *self) {
    if (!self) return;
    pthread_mutex_lock(&self->mutex);
    self->cancelled = true;
    pass_turn(self, true);
    pthread_mutex_unlock(&self->mutex);
    pthread_join(self->thread, NULL);
    pthread_cond_destroy(&self->passed);
    pthread_mutex_destroy(&self->mutex);
    release(self);
}

/* ---- What the caller sees ---- */

const double *marq_reverse_theta(const marq_reverse *self) {
    return self->at;
}

size_t marq_reverse_rows(const marq_reverse *self, size_t *first) {
    if (first) *first = self->first;
    return self->count;
}

double *marq_reverse_residual(const marq_reverse *self) {
    return self->residual;
}

double *marq_reverse_jacobian(const marq_reverse *self) {
    return self->jacobian;
}

const marq_progress *marq_reverse_progress(const marq_reverse *self) {
    return self->progress;
}

marq_status marq_reverse_result(const marq_reverse *self, double *theta, marq_result *result) {
    if (!self->finished) return MARQ_ERROR_ARGUMENT;
    if (theta) memcpy(theta, self->theta, self->problem.parameters * sizeof *theta);
    if (result) *result = self->result;
    return self->result.status;
}

marq_status marq_reverse_covariance(const marq_reverse *self, double *covariance, double *deviation,
                                    marq_uncertainty *uncertainty) {
    size_t n = self->problem.parameters;
    if (!self->finished || self->error.status != MARQ_OK)
        return self->finished ? self->error.status : MARQ_ERROR_ARGUMENT;
    if (covariance) memcpy(covariance, self->covariance, n * n * sizeof *covariance);
    if (deviation) memcpy(deviation, self->deviation, n * sizeof *deviation);
    if (uncertainty) *uncertainty = self->uncertainty;
    return MARQ_OK;
}
