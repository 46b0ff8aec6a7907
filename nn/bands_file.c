/* The file of a net's bands: eight letters "marqband", then doubles of the machine: ORDER, which another byte
 * order spells differently; the format's version; P parameters, m outputs; the parameters θ, by which a net
 * knows its file; of each output scale, unit, noise, dof, largest leverage; what marq_laplace_pack gives. */
#include "bands.h"

#include <base/error.h>
#include <base/file.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char MAGIC[8] = {'m', 'a', 'r', 'q', 'b', 'a', 'n', 'd'};
static const double ORDER = 1.2345678901234567;
enum { VERSION = 1, HEAD = 4, BAND = sizeof(marq_band) / sizeof(double) };
_Static_assert(BAND == 5, "the numbers of an output, as the file has them");

static size_t doubles_of(const marq_net *net) {
    return HEAD + net->count + BAND * marq_net_outputs(net) + marq_laplace_packed(net->count);
}

marq_status marq_net_bands_save(const marq_net_bands *b, const char *path, marq_error *error) {
    const marq_net *net = b->net;
    size_t outputs = marq_net_outputs(net), size = marq_laplace_packed(net->count) * sizeof(double);
    double *packed = malloc(size);
    if (!packed) return marq_fail_memory(error, "the file of the bands");
    marq_laplace_pack(b->laplace, packed);
    const double head[HEAD] = {ORDER, VERSION, (double)net->count, (double)outputs};
    marq_text text = {0};
    marq_text_add_bytes(&text, MAGIC, sizeof MAGIC);
    marq_text_add_bytes(&text, (const char *)head, sizeof head);
    marq_text_add_bytes(&text, (const char *)net->theta, net->count * sizeof *net->theta);
    marq_text_add_bytes(&text, (const char *)b->band, outputs * sizeof *b->band);
    marq_text_add_bytes(&text, (const char *)packed, size);
    free(packed);
    marq_status status = marq_file_write(path, &text, error);
    marq_text_clear(&text);
    return status;
}

/* numbers: all that follows the letters. */
static marq_status check(const char *path, const marq_text *text, const marq_net *net, const double *numbers,
                         marq_error *error) {
    size_t start = sizeof MAGIC + HEAD * sizeof(double);
    if (text->length < start || memcmp(text->data, MAGIC, sizeof MAGIC) != 0)
        return marq_fail(error, MARQ_ERROR_FORMAT, "%s is no file of a net's bands", path);
    if (numbers[0] != ORDER || numbers[1] != VERSION)
        return marq_fail(error, MARQ_ERROR_FORMAT,
                         "%s has another version or is from another kind of machine: fit again with --bands",
                         path);
    bool same = numbers[2] == (double)net->count && numbers[3] == (double)marq_net_outputs(net) &&
                text->length >= start + net->count * sizeof(double) &&
                memcmp(numbers + HEAD, net->theta, net->count * sizeof(double)) == 0;
    if (!same) return marq_fail(error, MARQ_ERROR_FORMAT, "%s has the bands of another net", path);
    if (text->length != sizeof MAGIC + doubles_of(net) * sizeof(double))
        return marq_fail(error, MARQ_ERROR_FORMAT, "%s is incomplete", path);
    return MARQ_OK;
}

static marq_status take(marq_net_bands *b, const char *path, const double *numbers, marq_error *error) {
    size_t outputs = marq_net_outputs(b->net);
    const double *bands = numbers + HEAD + b->net->count;
    memcpy(b->band, bands, outputs * sizeof *b->band);
    marq_status status = marq_laplace_unpack(b->laplace, bands + BAND * outputs, NULL);
    return status == MARQ_OK ? status : marq_fail(error, status, "%s: its numbers are damaged", path);
}

marq_net_bands *marq_net_bands_load(const char *path, const marq_net *net, int threads, marq_error *error) {
    marq_text text = {0};
    marq_net_bands *b = NULL;
    marq_status status = marq_file_read(path, &text, error);
    /* The text's memory is malloc's, and the letters are as long as a double. */
    const double *numbers =
        status == MARQ_OK ? (const double *)(const void *)(text.data + sizeof MAGIC) : NULL;
    if (status == MARQ_OK) status = check(path, &text, net, numbers, error);
    if (status == MARQ_OK) b = marq_net_bands_allocate(net, threads, error);
    if (b) status = take(b, path, numbers, error);
    marq_text_clear(&text);
    if (status == MARQ_OK) return b;
    marq_net_bands_destroy(b);
    return NULL;
}
