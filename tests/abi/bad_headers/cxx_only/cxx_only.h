/* Compiles as C++ alone: headers_compile.py must refuse it. */
#ifndef BB_TEST_CXX_ONLY_H_
#define BB_TEST_CXX_ONLY_H_
enum class bb_cxx_only { none };
#endif
