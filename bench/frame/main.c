/* The program of every study. */
#include "frame.h"

#include <base/clock.h>
#include <base/file.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Takes over the text. */
static void write_file(const bench *b, const char *name, char *words) {
    marq_text path = {0}, text = {0};
    marq_error error;
    marq_text_add(&path, "%s/%s", b->options.out, name);
    if (words) marq_text_add(&text, "%s\n", words);
    if (!words || path.failed) bench_fail("out of memory for %s", name);
    if (marq_file_write(path.data, &text, &error) != MARQ_OK) bench_fail("%s", error.message);
    marq_text_clear(&path);
    marq_text_clear(&text);
    free(words);
}

static void write_results(const bench *b) {
    marq_text name = {0};
    marq_text_add(&name, "%s.json", bench_this.name);
    if (name.failed) bench_fail("out of memory");
    write_file(b, name.data, json_dumps(b->report, JSON_INDENT(1) | JSON_REAL_PRECISION(6)));
    write_file(b, "report.md", bench_markdown(b->report));
    marq_text_clear(&name);
}

/* What was asked for, without the paths that run.sh adds. */
static json_t *asked(int argc, char **argv) {
    static const char *const paths[] = {"--out", "--python", "--peers", "--earlier", "--commit"};
    marq_text text = {0};
    for (int i = 1; i < argc; i++) {
        bool path = false;
        for (size_t k = 0; k < sizeof paths / sizeof *paths; k++)
            path = path || strcmp(argv[i], paths[k]) == 0;
        if (path)
            i++;
        else
            marq_text_add(&text, "%s%s", text.length > 0 ? " " : "", argv[i]);
    }
    json_t *options = json_string(text.data ? text.data : "none");
    marq_text_clear(&text);
    return options;
}

int main(int argc, char **argv) {
    bench b = {.options = bench_read_options(argc, (const char *const *)argv)};
    b.report = json_pack("{s:s, s:s, s:s, s:b, s:o, s:[], s:[], s:[], s:[]}", "study", bench_this.name,
                         "title", bench_this.title, "about", bench_this.about, "quick", b.options.quick,
                         "machine", bench_facts(&b.options), "tables", "pictures", "notes", "absent");
    if (!b.report) bench_fail("out of memory");
    json_object_set_new(json_object_get(b.report, "machine"), "options", asked(argc, argv));
    double start = marq_clock_seconds();
    bench_this.run(&b);
    json_object_set_new(b.report, "seconds", json_real(marq_clock_seconds() - start));
    bench_draw_all(&b);
    write_results(&b);
    json_decref(b.report);
    return 0;
}
