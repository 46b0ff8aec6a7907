/* The text of a formula, token by token. */
#ifndef MARQ_FORMULA_LEXER_H
#define MARQ_FORMULA_LEXER_H

#include <stddef.h>

typedef enum marq_token_kind {
    MARQ_TOKEN_END,
    MARQ_TOKEN_NUMBER,
    MARQ_TOKEN_NAME,
    MARQ_TOKEN_QUOTED, /* a name in back-quotes: a column */
    MARQ_TOKEN_SIGN,   /* an operator, a parenthesis or a comma */
    MARQ_TOKEN_WRONG   /* message says why */
} marq_token_kind;

typedef struct marq_token {
    marq_token_kind kind;
    size_t position, length; /* in the text, bytes */
    const char *name;        /* NAME, QUOTED: its first byte, not terminated */
    size_t name_length;
    double number;
    char sign[3]; /* SIGN: as written */
    const char *message;
} marq_token;

/* The first token at or behind position. */
marq_token marq_token_at(const char *text, size_t position);

#endif
