/* Fuzz target of saved models (clang -fsanitize=fuzzer,address,undefined): the input is a model.json, of a
 * net or a formula. Beyond not crashing: what was refused says why in one line; what was read can be shown,
 * exported and used on a table, and a net that is saved again is the same file. Good seeds: model.json of
 * small fits. */
#include "require_fuzz.h"
#include "saved.h"
#include <base/file.h>
#include <marq/nn.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char table[] = "x,y,s\n1,2,a\n-0.5,1e3,b\n0,-7,a\n";

typedef marq_status (*work)(const fit_arguments *arguments, fit_streams streams, marq_error *error);

static marq_status try(work call, const fit_arguments *arguments) {
    static FILE *nowhere;
    if (!nowhere) nowhere = fopen("/dev/null", "w");
    REQUIRE(nowhere);
    marq_error error = {0};
    marq_status status = call(arguments, (fit_streams){nowhere, nowhere}, &error);
    if (status != MARQ_OK) fuzz_check_line(error.message);
    return status;
}

static marq_text saved(const marq_net *net) {
    char path[] = "/tmp/fuzz_modelXXXXXX";
    marq_text text = {0};
    int descriptor = mkstemp(path);
    REQUIRE(descriptor >= 0 && close(descriptor) == 0);
    REQUIRE(marq_net_save(net, path, NULL) == MARQ_OK);
    REQUIRE(marq_file_read(path, &text, NULL) == MARQ_OK);
    REQUIRE(unlink(path) == 0);
    return text;
}

static void check_round_trip(marq_net *net) {
    marq_text text = saved(net);
    marq_net *again = marq_net_load(fuzz_file(text.data, text.length), NULL);
    REQUIRE(again);
    marq_text other = saved(again);
    REQUIRE(text.length == other.length && memcmp(text.data, other.data, text.length) == 0);
    marq_text_clear(&text);
    marq_text_clear(&other);
    marq_net_destroy(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char file[] = "/tmp/fuzz_model.csv";
    FILE *csv = fopen(file, "w");
    REQUIRE(csv && fputs(table, csv) >= 0 && fclose(csv) == 0);
    const char *argv[] = {"fit", "show", fuzz_file(data, size)};
    fit_arguments arguments;
    marq_error error = {0};
    REQUIRE(fit_parse(3, argv, &arguments, &error) == MARQ_OK);
    arguments.data = file;
    arguments.out = "/dev/null";
    if (try(fit_show, &arguments) == MARQ_OK) {
        try(fit_export, &arguments);
        try(fit_predict, &arguments);
    }
    marq_net *net = marq_net_load(arguments.model, &error);
    if (net)
        check_round_trip(net);
    else
        fuzz_check_line(error.message);
    marq_net_destroy(net);
    return 0;
}
