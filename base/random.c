/* Philox4x32-10. One round on the counter (x0, x1, x2, x3) with the key (k0, k1):
 *     (hi0, lo0) = M0 · x0,  (hi1, lo1) = M1 · x2
 *     x ← (hi1 ⊕ x1 ⊕ k0, lo1, hi0 ⊕ x3 ⊕ k1, lo0)
 * and the key grows by the Weyl constants W0, W1 between rounds (Salmon et al. 2011, section 3.3). */
#include <base/random.h>

enum { ROUNDS = 10 };
static const uint32_t M0 = 0xD2511F53u, M1 = 0xCD9E8D57u, W0 = 0x9E3779B9u, W1 = 0xBB67AE85u;

void marq_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
    uint32_t x0 = counter[0], x1 = counter[1], x2 = counter[2], x3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t p0 = (uint64_t)M0 * x0, p1 = (uint64_t)M1 * x2;
        uint32_t y0 = (uint32_t)(p1 >> 32) ^ x1 ^ k0, y2 = (uint32_t)(p0 >> 32) ^ x3 ^ k1;
        x0 = y0;
        x1 = (uint32_t)p1;
        x2 = y2;
        x3 = (uint32_t)p0;
        k0 += W0;
        k1 += W1;
    }
    out[0] = x0;
    out[1] = x1;
    out[2] = x2;
    out[3] = x3;
}

static uint64_t next64(marq_random *random) {
    uint64_t index = random->index++;
    uint32_t counter[4] = {(uint32_t)index, (uint32_t)(index >> 32), (uint32_t)random->stream,
                           (uint32_t)(random->stream >> 32)};
    uint32_t key[2] = {(uint32_t)random->seed, (uint32_t)(random->seed >> 32)}, out[4];
    marq_philox(counter, key, out);
    return ((uint64_t)out[1] << 32) | out[0];
}

double marq_random_uniform(marq_random *random) {
    return (double)(next64(random) >> 11) * 0x1p-53;
}

uint64_t marq_random_below(marq_random *random, uint64_t bound) {
    uint64_t limit =
        UINT64_MAX - UINT64_MAX % bound; /* a multiple of bound: values from there on are drawn again */
    uint64_t value;
    do value = next64(random);
    while (value >= limit);
    return value % bound;
}

void marq_random_shuffle(marq_random *random, size_t *items, size_t count) {
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)marq_random_below(random, i);
        size_t item = items[i - 1];
        items[i - 1] = items[j];
        items[j] = item;
    }
}
