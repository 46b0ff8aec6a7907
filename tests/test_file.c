/* Whole files: read at once, replaced whole or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <base/file.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/marq-test-file-XXXXXX";
static char path[sizeof folder + 16];

static marq_status write_text(const char *target, const char *content, marq_error *error) {
    marq_text text = {0};
    marq_text_add(&text, "%s", content);
    marq_status status = marq_file_write(target, &text, error);
    marq_text_clear(&text);
    return status;
}

static void assert_content(const char *expected) {
    marq_text text = {0};
    assert_int_equal(marq_file_read(path, &text, NULL), MARQ_OK);
    assert_string_equal(text.data, expected);
    marq_text_clear(&text);
}

/* A temporary file that was left would be counted. */
static size_t count_entries(void) {
    DIR *directory = opendir(folder);
    size_t count = 0;
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));) count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

static void files_are_replaced_whole(void **state) {
    (void)state;
    marq_error error = {0};
    assert_int_equal(write_text(path, "old", &error), MARQ_OK);
    assert_int_equal(write_text(path, "newer", &error), MARQ_OK);
    assert_content("newer");
    assert_int_equal(count_entries(), 1);
    assert_int_equal(write_text(path, "", &error), MARQ_OK);
    assert_content("");
    struct stat about;
    mode_t mask = umask(027);
    assert_int_equal(write_text(path, "x", &error), MARQ_OK);
    umask(mask);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0640); /* as the umask says */
}

/* /dev/null must stay what it is; a pipe of our own is tried. */
static void a_pipe_is_written_to_and_not_replaced(void **state) {
    (void)state;
    char pipe_path[sizeof folder + 16], got[8] = "";
    snprintf(pipe_path, sizeof pipe_path, "%s/pipe", folder);
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    int reader = open(pipe_path, O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    marq_error error = {0};
    assert_int_equal(write_text(pipe_path, "words", &error), MARQ_OK);
    struct stat about;
    assert_int_equal(stat(pipe_path, &about), 0);
    assert_true(S_ISFIFO(about.st_mode));
    assert_int_equal(read(reader, got, sizeof got), 5);
    assert_memory_equal(got, "words", 5);
    close(reader);
    unlink(pipe_path);
}

static void files_may_hold_any_bytes(void **state) {
    (void)state;
    marq_text text = {0}, again = {0};
    for (int i = 0; i < 300000; i++) marq_text_add_bytes(&text, (const char[]){(char)(i % 256)}, 1);
    assert_int_equal(marq_file_write(path, &text, NULL), MARQ_OK);
    assert_int_equal(marq_file_read(path, &again, NULL), MARQ_OK);
    assert_int_equal(again.length, text.length);
    assert_memory_equal(again.data, text.data, text.length);
    marq_text_clear(&text);
    marq_text_clear(&again);
}

static void check_refused_write(const char *target, int reason) {
    marq_error error = {0};
    char message[sizeof error.message];
    assert_int_equal(write_text(target, "new", &error), MARQ_ERROR_WRITE);
    marq_format(message, sizeof message, "%s: %s", target, strerror(reason));
    assert_string_equal(error.message, message);
}

static void a_write_that_fails_names_the_file_and_leaves_nothing(void **state) {
    (void)state;
    assert_int_equal(write_text(path, "old", NULL), MARQ_OK);
    char inner[sizeof folder + 16];
    marq_format(inner, sizeof inner, "%s/inner", folder);
    assert_int_equal(mkdir(inner, 0700), 0);
    check_refused_write(inner, EISDIR);
    check_refused_write("/nowhere/file", ENOENT);
    assert_content("old");
    assert_int_equal(count_entries(), 2);
    assert_int_equal(rmdir(inner), 0);
}

static void old_content_survives_in_a_read_only_folder(void **state) {
    (void)state;
    assert_int_equal(write_text(path, "old", NULL), MARQ_OK);
    assert_int_equal(chmod(folder, 0555), 0);
    int privileged = geteuid() == 0; /* permissions do not bind root */
    if (privileged) assert_int_equal(seteuid(65534), 0);
    check_refused_write(path, EACCES);
    if (privileged) assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(folder, 0700), 0);
    assert_content("old");
    assert_int_equal(count_entries(), 1);
}

/* A limit on the size of files stands for a full disk. */
static void old_content_survives_a_full_disk(void **state) {
    (void)state;
    struct rlimit before, limit;
    assert_int_equal(write_text(path, "old", NULL), MARQ_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = (struct rlimit){2, before.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    marq_error error = {0};
    marq_status status = write_text(path, "new content", &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    assert_int_equal(status, MARQ_ERROR_WRITE);
    assert_non_null(strstr(error.message, path));
    assert_content("old");
    assert_int_equal(count_entries(), 1);
}

static void what_cannot_be_read_is_named(void **state) {
    (void)state;
    marq_text text = {0};
    marq_error error = {0};
    assert_int_equal(marq_file_read("/nowhere/file", &text, &error), MARQ_ERROR_READ);
    assert_string_equal(error.message, "/nowhere/file: No such file or directory");
    assert_int_equal(marq_file_read(folder, &text, &error), MARQ_ERROR_READ);
    assert_non_null(strstr(error.message, folder));
    assert_null(text.data);
}

static int make_folder(void **state) {
    (void)state;
    if (!mkdtemp(folder)) return -1;
    marq_format(path, sizeof path, "%s/file", folder);
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    unlink(path);
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_replaced_whole),
        cmocka_unit_test(a_pipe_is_written_to_and_not_replaced),
        cmocka_unit_test(files_may_hold_any_bytes),
        cmocka_unit_test(a_write_that_fails_names_the_file_and_leaves_nothing),
        cmocka_unit_test(old_content_survives_in_a_read_only_folder),
        cmocka_unit_test(old_content_survives_a_full_disk),
        cmocka_unit_test(what_cannot_be_read_is_named),
    };
    return cmocka_run_group_tests_name("file", tests, make_folder, remove_folder);
}
