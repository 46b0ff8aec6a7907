/* One line opens a profile scope that closes itself at the end of its block:
 *     MARQ_SCOPE(profile, "factor");
 * The name must be a string literal: names are compared by address first. */
#ifndef MARQ_BASE_SCOPE_H
#define MARQ_BASE_SCOPE_H

#include <marq/profile.h>

typedef struct marq_scope {
    marq_profile *profile; /* NULL: off */
    size_t lane;
} marq_scope;

void marq_scope_enter(marq_scope *scope, const char *name);
void marq_scope_leave(marq_scope *scope);

static inline marq_scope marq_scope_open(marq_profile *profile, const char *name) {
    marq_scope scope = {profile, 0};
    if (profile) marq_scope_enter(&scope, name);
    return scope;
}

static inline void marq_scope_close(marq_scope *scope) {
    if (scope->profile) marq_scope_leave(scope);
}

#define MARQ_SCOPE_NAME2(line) marq_scope_at_##line
#define MARQ_SCOPE_NAME(line)  MARQ_SCOPE_NAME2(line)
#define MARQ_SCOPE(profile, name)                                                                            \
    __attribute__((cleanup(marq_scope_close), unused)) marq_scope MARQ_SCOPE_NAME(__LINE__) =                \
        marq_scope_open((profile), (name))

#endif
