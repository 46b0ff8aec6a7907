/* Open addresses, at most half of them taken. */
#include "csv/inside.h"

#include <base/memory.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a. */
static size_t hash(const char *text) {
    uint64_t sum = 14695981039346656037u;
    for (; *text; text++) sum = (sum ^ (unsigned char)*text) * 1099511628211u;
    return (size_t)(sum ^ sum >> 32);
}

/* Where the text is, or the empty slot where it should be. size is a power of two. */
static size_t find_slot(const csv_index *index, char *const *texts, const char *text) {
    size_t slot = hash(text) & (index->size - 1);
    while (index->slots[slot] && strcmp(texts[index->slots[slot] - 1], text) != 0)
        slot = (slot + 1) & (index->size - 1);
    return slot;
}

size_t csv_index_find(const csv_index *index, char *const *texts, const char *text) {
    size_t found = index->size ? index->slots[find_slot(index, texts, text)] : 0;
    return found ? found - 1 : CSV_NO_LABEL;
}

static bool grow(csv_index *index, char *const *texts) {
    csv_index larger = {.size = index->size ? 2 * index->size : 16, .count = index->count};
    larger.slots = marq_alloc(larger.size, sizeof *larger.slots);
    if (!larger.slots) return false;
    for (size_t k = 0; k < index->size; k++)
        if (index->slots[k])
            larger.slots[find_slot(&larger, texts, texts[index->slots[k] - 1])] = index->slots[k];
    csv_index_clear(index);
    *index = larger;
    return true;
}

bool csv_index_add(csv_index *index, char *const *texts, size_t place) {
    if (2 * index->count >= index->size && !grow(index, texts)) return false;
    index->slots[find_slot(index, texts, texts[place])] = place + 1;
    index->count++;
    return true;
}

void csv_index_clear(csv_index *index) {
    free(index->slots);
    *index = (csv_index){0};
}
