#include "layout.h" /* static_asserts only: compiling it is the test */
