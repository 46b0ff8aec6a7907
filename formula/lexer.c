#include "lexer.h"

#include <base/number.h>
#include <string.h>

static int is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Bytes above 127 belong to UTF-8 letters. */
static int starts_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static int is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Signs that look right but are not the language's. */
static const struct lookalike {
    const char *bytes, *message;
} lookalikes[] = {
    {"\xE2\x88\x92", "this minus is a typographic one: write -"},
    {"\xE2\x80\x93", "this is a dash: write -"},
    {"\xC3\x97", "write * for a product"},
    {"\xC2\xB7", "write * for a product"},
    {"\xC2\xB2", "write ^2 for a square"},
    {"\xC2\xB3", "write ^3 for a cube"},
    {"\xC2\xA0", "this blank is a typographic one: write a plain blank"},
    {"**", "a power is written ^"},
};

static const struct lookalike *find_lookalike(const char *at) {
    for (size_t i = 0; i < sizeof lookalikes / sizeof *lookalikes; i++)
        if (strncmp(at, lookalikes[i].bytes, strlen(lookalikes[i].bytes)) == 0) return &lookalikes[i];
    return NULL;
}

static void wrong(marq_token *token, size_t length, const char *message) {
    token->kind = MARQ_TOKEN_WRONG;
    token->length = length;
    token->message = message;
}

static void number(marq_token *token, const char *at) {
    const char *end = at;
    if (!marq_number_read(at, &end, &token->number)) {
        size_t length = strspn(at, "0123456789.eE");
        wrong(token, length, "this is not a number that a double can hold");
        return;
    }
    token->kind = MARQ_TOKEN_NUMBER;
    token->length = (size_t)(end - at);
}

static void name(marq_token *token, const char *at) {
    size_t length = 0;
    while ((starts_name(at[length]) && !find_lookalike(at + length)) || is_digit(at[length])) length++;
    token->kind = MARQ_TOKEN_NAME;
    token->name = at;
    token->name_length = token->length = length;
}

static void quoted(marq_token *token, const char *at) {
    const char *end = strchr(at + 1, '`');
    if (!end) {
        wrong(token, 1, "the back-quote that ends this name is missing");
        return;
    }
    token->kind = MARQ_TOKEN_QUOTED;
    token->name = at + 1;
    token->name_length = (size_t)(end - at) - 1;
    token->length = token->name_length + 2;
}

static void sign(marq_token *token, const char *at) {
    static const char *const twos[] = {"<=", ">=", "==", "!=", "&&", "||"};
    for (size_t i = 0; i < sizeof twos / sizeof *twos; i++)
        if (at[0] == twos[i][0] && at[1] == twos[i][1]) {
            token->kind = MARQ_TOKEN_SIGN;
            token->length = 2;
            memcpy(token->sign, twos[i], 3);
            return;
        }
    if (!strchr("+-*/^()?:,<>=!", at[0])) {
        wrong(token, 1,
              at[0] == '&'   ? "'and' is written &&"
              : at[0] == '|' ? "'or' is written ||"
                             : "this character has no meaning in a formula");
        return;
    }
    token->kind = MARQ_TOKEN_SIGN;
    token->length = 1;
    token->sign[0] = at[0];
}

marq_token marq_token_at(const char *text, size_t position) {
    while (is_blank(text[position])) position++;
    marq_token token = {.position = position};
    const char *at = text + position;
    const struct lookalike *lookalike = find_lookalike(at);
    if (!*at)
        token.kind = MARQ_TOKEN_END;
    else if (lookalike)
        wrong(&token, strlen(lookalike->bytes), lookalike->message);
    else if (is_digit(*at) || (*at == '.' && is_digit(at[1])))
        number(&token, at);
    else if (starts_name(*at))
        name(&token, at);
    else if (*at == '`')
        quoted(&token, at);
    else
        sign(&token, at);
    return token;
}
