#include "words.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Reads one character of UTF-8 and gives its length; 0 if the bytes are none (RFC 3629). */
static size_t decode(const char *text, uint32_t *code) {
    const unsigned char *byte = (const unsigned char *)text;
    if (byte[0] < 0x80) {
        *code = byte[0];
        return 1;
    }
    size_t length = byte[0] >= 0xF0 ? 4 : byte[0] >= 0xE0 ? 3 : 2;
    if (byte[0] < 0xC2 || byte[0] > 0xF4) return 0;
    *code = byte[0] & (0xFFu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((byte[i] & 0xC0) != 0x80) return 0;
        *code = *code << 6 | (byte[i] & 0x3Fu);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    bool surrogate = *code >= 0xD800 && *code < 0xE000;
    return *code < least[length] || surrogate || *code > 0x10FFFF ? 0 : length;
}

/* Control characters, line and paragraph separators, and those that turn the direction of writing. */
static bool is_control(uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

/* East Asian characters take the room of two. */
static size_t room_of(uint32_t code) {
    return (code >= 0x1100 && code < 0x1160) || (code >= 0x2E80 && code < 0xFF00) || code >= 0x1F300 ? 2 : 1;
}

/* What is shown for the next character of a user's text. */
typedef struct glyph {
    const char *bytes;
    size_t length, room; /* 0, 0: nothing */
    size_t taken;        /* bytes of the text */
} glyph;

static glyph next_glyph(const char *user) {
    uint32_t code = 0;
    size_t length = decode(user, &code);
    if (length == 0) return (glyph){"\xEF\xBF\xBD", 3, 1, 1};
    if (code == '\t' || code == '\n' || code == '\r') return (glyph){" ", 1, 1, 1};
    if (is_control(code)) return (glyph){"", 0, 0, length};
    return (glyph){user, length, room_of(code), length};
}

static size_t room_of_text(const char *user) {
    size_t room = 0;
    while (*user) {
        glyph g = next_glyph(user);
        room += g.room;
        user += g.taken;
    }
    return room;
}

static void clean(marq_text *text, const char *user, size_t most, const char *apostrophe) {
    if (!user) return;
    bool cut = room_of_text(user) > most;
    size_t room = cut && most > 0 ? most - 1 : most;
    while (*user) {
        glyph g = next_glyph(user);
        if (g.room > room) break;
        if (*user == '\'')
            marq_text_add(text, "%s", apostrophe);
        else
            marq_text_add_bytes(text, g.bytes, g.length);
        room -= g.room;
        user += g.taken;
    }
    if (cut) marq_text_add(text, "…");
}

void plots_clean(marq_text *text, const char *user, size_t most) {
    clean(text, user, most, "'");
}

void plots_quote(marq_text *text, const char *user, size_t most) {
    marq_text_add(text, "'");
    clean(text, user, most, "’");
    marq_text_add(text, "'");
}

static double glyph_width(const glyph *g) {
    if (g->length == 0) return 0;
    if (g->length > 1) return g->room > 1 ? 1 : 0.65;
    if (strchr("ijlIJ.,:;'|! ", *g->bytes)) return 0.31;
    if (strchr("frt()[]{}-/\\\"", *g->bytes)) return 0.39;
    return strchr("mwMWDGHNOQU%+=<>^~@#&", *g->bytes) ? 0.85 : 0.63;
}

double plots_text_width(const char *user, size_t most) {
    double width = 0;
    size_t room = 0;
    while (user && *user) {
        glyph g = next_glyph(user);
        room += g.room;
        if (room > most) return width + 0.5;
        width += glyph_width(&g);
        user += g.taken;
    }
    return width;
}

const char *plots_power(char out[PLOTS_NUMBER_SIZE], int exponent) {
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char digits[16];
    marq_format(digits, sizeof digits, "%d", exponent < 0 ? -exponent : exponent);
    marq_format(out, PLOTS_NUMBER_SIZE, "10%s", exponent < 0 ? "⁻" : "");
    for (const char *digit = digits; *digit; digit++) strcat(out, raised[*digit - '0']);
    return out;
}

const char *plots_number(char out[PLOTS_NUMBER_SIZE], double value, int digits) {
    const char *sign = value < 0 ? "−" : "";
    double size = fabs(value);
    if (!isfinite(value)) {
        marq_format(out, PLOTS_NUMBER_SIZE, "%s", isnan(value) ? "undefined" : value < 0 ? "−∞" : "∞");
    } else if (size == 0 || (size >= 1e-3 && size < 1e5)) {
        int decimals = size == 0 ? 0 : digits - 1 - (int)floor(log10(size));
        marq_format(out, PLOTS_NUMBER_SIZE, "%s%.*f", sign, decimals > 0 ? decimals : 0, size);
    } else {
        char scientific[32], power[PLOTS_NUMBER_SIZE];
        marq_format(scientific, sizeof scientific, "%.*e", digits - 1, size);
        char *e = strchr(scientific, 'e');
        int exponent = 0;
        for (const char *digit = e + 2; *digit; digit++) exponent = 10 * exponent + (*digit - '0');
        plots_power(power, e[1] == '-' ? -exponent : exponent);
        *e = '\0';
        marq_format(out, PLOTS_NUMBER_SIZE, "%s%s×%s", sign, scientific, power);
    }
    return out;
}
