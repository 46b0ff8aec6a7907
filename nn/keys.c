/* The keys of the lists in marq/nn.h: what the command line and model files call things. */
#include <marq/nn.h>

#include <string.h>

/* 1 and *value if key is one of count keys. */
static int find(const char *const *keys, size_t count, const char *key, int *value) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(key, keys[i]) == 0) {
            *value = (int)i;
            return 1;
        }
    return 0;
}

#define KEY(name, key)                   [name] = key,
#define KEY_WITH_WORDS(name, key, words) [name] = key,
#define WORDS(name, key, words)          [name] = words,
/* Defines marq_NAME_key and marq_NAME_find for the enum marq_NAME from its list. */
#define KEY_FUNCTIONS(NAME, LIST, ENTRY)                                                                     \
    static const char *const NAME##_keys[] = {LIST(ENTRY)};                                                  \
    const char *marq_##NAME##_key(marq_##NAME value) {                                                       \
        return NAME##_keys[value];                                                                           \
    }                                                                                                        \
    int marq_##NAME##_find(const char *key, marq_##NAME *value) {                                            \
        int index = 0;                                                                                       \
        if (!find(NAME##_keys, sizeof NAME##_keys / sizeof *NAME##_keys, key, &index)) return 0;             \
        *value = (marq_##NAME)index;                                                                         \
        return 1;                                                                                            \
    }

KEY_FUNCTIONS(activation, MARQ_ACTIVATION_LIST, KEY)
KEY_FUNCTIONS(initialiser, MARQ_INITIALISER_LIST, KEY)
KEY_FUNCTIONS(normalisation, MARQ_NORMALISATION_LIST, KEY)
KEY_FUNCTIONS(recipe, MARQ_RECIPE_LIST, KEY)
KEY_FUNCTIONS(net_loss, MARQ_NET_LOSS_LIST, KEY)
KEY_FUNCTIONS(optimizer, MARQ_OPTIMIZER_LIST, KEY_WITH_WORDS)

const char *marq_optimizer_text(marq_optimizer optimizer) {
    static const char *const words[] = {MARQ_OPTIMIZER_LIST(WORDS)};
    return words[optimizer];
}
