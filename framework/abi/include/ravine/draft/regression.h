/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A draft extension of the contract: models that predict numbers instead of classes. A draft may change,
 * under a new revision, until it is promoted to ravine.regression/1.
 */
#ifndef RAVINE_DRAFT_REGRESSION_H
#define RAVINE_DRAFT_REGRESSION_H

#include <ravine/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Capability of models of data: targets are numbers. The model gets no data with classes, others get none
 * with numbers. rv_data_spec.classes and .labels are then 1, rv_batch.labels is NULL, and predict writes one
 * number for each example. A host of 1.0 does not ask, and its call of rv_model.loss_gradient fails. */
#define RV_MODEL_DRAFT_REGRESSION UINT64_C(4)

/* Name of the extension; the answer of rv_model.get_extension is an rv_regression. */
#define RV_EXT_DRAFT_REGRESSION "ravine.draft.regression/1"

/* What such a model has in place of rv_model.loss_gradient. Growable; made and owned by the plugin; valid as
 * long as the process lives. */
typedef struct rv_regression {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /* Writes the mean loss over the batch and, unless `grads` is NULL, its gradient. `targets`: batch->size
   * numbers of the model's dtype. May use workspaces of `self`. */
  rv_status (*loss_gradient)(void* self, const void* params, const rv_batch* batch, const void* targets,
                             double* loss, void* grads);
} rv_regression;

#ifdef __cplusplus
}
#endif

#endif
