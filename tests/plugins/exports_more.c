/* Exports a helper beside its entry. */
#define FAULT none
#include "broken_optimizer.c" /* NOLINT(bugprone-suspicious-include): the same plugin, built otherwise */

RV_EXPORT double helper(double x);
double helper(double x) { return x + 1; }
