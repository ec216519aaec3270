/* two_symbols.c - a library that shows a helper beside its entry:
 * exported_symbols.py must refuse it. */
#include <bb/abi/plugin.h>

BB_EXPORT int helper(void);
int helper(void) { return 1; }

const bb_plugin* BB_CALL bb_plugin_v1(void) { return NULL; }
