#include "ops.h"

#include <string.h>

static const struct op_facts {
    const char *text;
    int arguments;
} facts[MARQ_OP_COMPUTED] = {
#define FACTS(name, kernel, text, arguments) [MARQ_OP_##name] = {text, arguments},
    MARQ_COMPUTED_LIST(FACTS)};

int marq_op_arguments(marq_op op) {
    return op < MARQ_OP_COMPUTED ? facts[op].arguments : 0;
}

const char *marq_op_text(marq_op op) {
    return op < MARQ_OP_COMPUTED ? facts[op].text : "";
}

marq_op marq_function_find(const char *name, unsigned length) {
    for (marq_op op = MARQ_OP_FIRST_FUNCTION; op <= MARQ_OP_LAST_FUNCTION; op++)
        if (strlen(facts[op].text) == length && memcmp(facts[op].text, name, length) == 0) return op;
    return MARQ_OP_COMPUTED;
}
