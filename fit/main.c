#include "command.h"

int main(int argc, char **argv) {
    return fit_command(argc, (const char *const *)argv);
}
