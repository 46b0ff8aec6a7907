/* The report of a training: report.json, and the text on the terminal. */
#ifndef FIT_REPORT_H
#define FIT_REPORT_H

#include "nets/train.h"
#include <base/text.h>

/* "converged", "limit", "interrupted", "not_converged" or "failed". */
const char *fit_status_word(const fit_outcome *outcome);

/* The whole of report.json. text->failed without memory. */
void fit_report_json(const fit_outcome *outcome, marq_text *text);

/* The text for a person. */
void fit_report_text(const fit_outcome *outcome, marq_text *text);

#endif
