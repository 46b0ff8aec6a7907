/* The folder that a fit writes into. */
#ifndef FIT_FOLDER_H
#define FIT_FOLDER_H

#include "args.h"
#include <base/text.h>

/* --out, or the data's name + ".fit": made if it is not there. *folder is the caller's, also after a failure.
 */
marq_status fit_make_folder(const fit_arguments *arguments, char **folder, marq_error *error);

/* Makes folder/name; *path is the caller's. */
marq_status fit_make_inner(const char *folder, const char *name, char **path, marq_error *error);

/* Removes pictures and the files of these names from folder/name, and the folder if it is empty then. */
void fit_remove_inner(const char *folder, const char *name, const char *const *files);

/* Removes what an earlier run left and this one does not replace: pictures, profiles, and the files of these
 * names (NULL at the end), which belong to another kind of fit. */
void fit_remove_old(const char *folder, const char *const *names);

/* The path folder/name, the caller's; NULL without memory. */
char *fit_path_in(const char *folder, const char *name);

#endif
