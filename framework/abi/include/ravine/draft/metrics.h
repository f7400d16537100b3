/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A draft extension of the contract: metrics of a model's own. A draft may change, under a new revision,
 * until it is promoted to ravine.metrics/1; a host that does not know a revision does without.
 */
#ifndef RAVINE_DRAFT_METRICS_H
#define RAVINE_DRAFT_METRICS_H

#include <ravine/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Name of the extension of models of data; the answer of rv_model.get_extension is an rv_metrics. */
#define RV_EXT_DRAFT_METRICS "ravine.draft.metrics/1"

/* What a model measures beside loss and accuracy. Growable; made and owned by the model's instance; valid
 * until it is destroyed. */
typedef struct rv_metrics {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  uint64_t count;    /* of metrics; may be 0 */
  const char* const*
      names; /* count: lower-case letters, digits and _, at most 48, each once, not "loss" or
              * "accuracy". Of names that end in "accuracy" more is better, of all others less */
  /* Writes the mean of each metric over the batch's examples to `values` (count doubles): the host averages
   * batches by their sizes, and leaves out a metric whose mean is not finite. Called after predict with the
   * same parameters and batch, whose mode is RV_MODE_EVALUATE; `scores` are what predict wrote. May use
   * workspaces of `self`. */
  rv_status (*measure)(void* self, const void* params, const rv_batch* batch, const void* scores,
                       double* values);
} rv_metrics;

#ifdef __cplusplus
}
#endif

#endif
