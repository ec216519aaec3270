/* A struct with padding at its tail: headers_compile.py must refuse it. */
#ifndef BB_TEST_PADDED_H_
#define BB_TEST_PADDED_H_
#include <stdint.h>
typedef struct bb_padded {
  uint64_t size;
  uint32_t flags;
} bb_padded;
#endif
