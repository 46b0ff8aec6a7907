/* --profile: the files and the table of phases, of every kind of fit. */
#ifndef FIT_PHASES_H
#define FIT_PHASES_H

#include <base/text.h>
#include <marq/profile.h>

/* One lane a thread; NULL without memory. */
marq_profile *fit_profile_create(int threads);

/* folder/profile.speedscope.json and folder/profile.folded. */
marq_status fit_profile_write(const marq_profile *profile, const char *folder, marq_error *error);

/* Phases: calls, total, own, mean, last. */
void fit_phases_text(const marq_profile *profile, marq_text *text);

#endif
