/* Runs the calling thread in the C locale between enter and leave; other threads and the process' locale
 * are untouched (POSIX 2008 uselocale). In glibc newlocale("C") hands out a static object, so this is cheap.
 */
#ifndef MARQ_BASE_LOCALE_H
#define MARQ_BASE_LOCALE_H

#include <locale.h>

typedef struct c_locale {
    locale_t c, previous;
} c_locale;

static inline c_locale c_locale_enter(void) {
    c_locale state = {newlocale(LC_ALL_MASK, "C", (locale_t)0), (locale_t)0};
    if (state.c != (locale_t)0) state.previous = uselocale(state.c);
    return state;
}

static inline void c_locale_leave(c_locale state) {
    if (state.c == (locale_t)0) return;
    uselocale(state.previous);
    freelocale(state.c);
}

#endif
