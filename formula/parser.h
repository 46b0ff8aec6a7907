/* Text to graph. */
#ifndef MARQ_FORMULA_PARSER_H
#define MARQ_FORMULA_PARSER_H

#include "inside.h"
#include "lexer.h"

/* Which text is being read. */
typedef enum marq_side { MARQ_SIDE_LEFT, MARQ_SIDE_RIGHT, MARQ_SIDE_TIE } marq_side;

/* 'name = expression'. */
typedef struct marq_tie {
    size_t name_length,
        expression; /* bytes of the name, which begins at `name`; where the expression begins */
    size_t name;
    enum { MARQ_TIE_NEW, MARQ_TIE_BEGUN, MARQ_TIE_DONE } state;
    marq_node_id node;
} marq_tie;

typedef struct marq_parser {
    marq_formula *formula;
    const marq_formula_options *options;
    marq_tie *ties;
    size_t shapes_seen[MARQ_LINESHAPE_POLYNOMIAL + 1], shapes_named[MARQ_LINESHAPE_POLYNOMIAL + 1];
    /* Where we are. */
    const char *text;
    size_t tie; /* whose text it is, or MARQ_FORMULA_NONE */
    marq_side side;
    marq_token token;
    size_t end; /* of the token before */
    int depth;
    /* The first failure. */
    marq_status status;
    marq_formula_place place;
    char message[400];
} marq_parser;

/* An expression and the bytes that it has in the text. */
typedef struct marq_piece {
    marq_node_id node;
    size_t start, end;
} marq_piece;

/* parser.c: the expression from position to the end of the text, or to '='. */
marq_node_id marq_parse_expression(marq_parser *p, size_t position);
/* Goes to the token at position. */
void marq_parse_move(marq_parser *p, size_t position);
void marq_parse_advance(marq_parser *p);
int marq_parse_is_sign(const marq_parser *p, const char *sign);
marq_piece marq_parse_conditional(marq_parser *p);
/* The place that the nodes made from here on have. */
void marq_parse_set_place(marq_parser *p, size_t start, size_t end);
/* Remembers the first failure. */
void marq_parse_fail(marq_parser *p, size_t position, size_t length, const char *format, ...)
    MARQ_PRINTF(4, 5);
void marq_parse_fail_memory(marq_parser *p);

/* resolve.c: what a name stands for. */
marq_node_id marq_resolve_name(marq_parser *p, const marq_token *name);
/* A parameter of that name, or the expression that it is tied to. *index: its number, NONE if it is tied. */
marq_node_id marq_resolve_parameter(marq_parser *p, const marq_token *at, const char *name, size_t length,
                                    size_t *index);
size_t marq_resolve_column(const marq_parser *p, const char *name, size_t length); /* or NONE */
int marq_resolve_constant(const marq_token *name, double *value);                  /* pi or e */
marq_node_id marq_resolve_use(marq_parser *p, const marq_token *at, size_t column);

/* ties.c: reads the ties' names. */
void marq_ties_begin(marq_parser *p);
marq_node_id marq_tie_expression(marq_parser *p, const marq_token *at, size_t tie);
/* The tie of that name, or NONE. */
size_t marq_tie_find(const marq_parser *p, const char *name, size_t length);
void marq_ties_end(marq_parser *p);

/* calls.c: name '(' … ')', the token is behind the parenthesis. */
marq_node_id marq_parse_call(marq_parser *p, const marq_token *name);

/* lineshapes.c: the shape that begins at a name, with or without arguments. length: bytes of its name. */
marq_node_id marq_parse_lineshape(marq_parser *p, const marq_token *name, marq_lineshape shape,
                                  size_t length);
/* Counts the shapes in a text, so that those that occur twice get numbers. */
void marq_lineshapes_count(marq_parser *p, const char *text, size_t position);
/* The signs of the shapes that are terms of the right side. 0 without memory. */
int marq_lineshapes_set_signs(marq_formula *formula);

#endif
