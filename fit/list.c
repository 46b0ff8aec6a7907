#include "list.h"

#include <string.h>

bool fit_list_next(const char **list, char separator, char *item, size_t size) {
    if (!*list) return false;
    const char *start = *list + strspn(*list, " "), *end = strchr(start, separator);
    size_t length = end ? (size_t)(end - start) : strlen(start);
    while (length > 0 && start[length - 1] == ' ') length--;
    if (length >= size) length = size - 1;
    memcpy(item, start, length);
    item[length] = '\0';
    *list = end ? end + 1 : NULL;
    return true;
}

char *fit_list_value(char *item) {
    char *equals = strchr(item, '='), *end = equals;
    if (!equals) return NULL;
    while (end > item && end[-1] == ' ') end--;
    *end = '\0';
    return equals + 1 + strspn(equals + 1, " ");
}
