/* a header of a released version, for tests */
#define BB_ABI_MINOR 0u
typedef struct bb_thing {
  uint32_t struct_size;
  uint32_t reserved;
  bb_str first;
  bb_str second;
} bb_thing;
enum { BB_THING_NONE = 0, BB_THING_SOME = 2 };
