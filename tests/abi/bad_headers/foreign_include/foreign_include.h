/* An include that the ABI does not have: headers_compile.py must refuse it. */
#ifndef BB_TEST_FOREIGN_INCLUDE_H_
#define BB_TEST_FOREIGN_INCLUDE_H_
#include <stdio.h>
#endif
