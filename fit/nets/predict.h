/* fit predict MODEL.json DATA and fit show MODEL.json. */
#ifndef FIT_PREDICT_H
#define FIT_PREDICT_H

#include "nets/train.h"

marq_status fit_predict(const fit_arguments *arguments, fit_streams streams, marq_error *error);
marq_status fit_show(const fit_arguments *arguments, fit_streams streams, marq_error *error);

#endif
