/* The equation ‖Ds(μ)‖ = Δ (Moré 1978, section 5). Newton's method on 1/Δ − 1/‖Ds(μ)‖, which is nearly linear
 * in μ (Hebden 1973, Moré's eq. 5.7), inside an interval that holds the solution. */
#include "secular.h"

#include <math.h>

double marq_secular_damping(marq_length_function length_at, const void *model, double floor, double gradient,
                            double radius) {
    enum { MOST = 40 };
    double slope, length = length_at(model, floor, &slope);
    if (length <= 1.1 * radius) return floor;
    double low = floor, high = floor + gradient / radius, mu = fmax(low, 1e-3 * high);
    for (int k = 0; k < MOST; k++) {
        length = length_at(model, mu, &slope);
        double excess = length - radius;
        if (fabs(excess) <= 0.1 * radius) break;
        if (excess > 0)
            low = fmax(low, mu);
        else
            high = fmin(high, mu);
        mu -= excess / slope * (length / radius);
        if (!(mu > low && mu < high))
            mu = floor + fmax(1e-3 * (high - floor), sqrt((low - floor) * (high - floor)));
    }
    return mu;
}
