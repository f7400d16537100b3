/* The layout of ABI release 1.0, compiled as C11 and as C++: a size or place that changes breaks every
 * plugin ever built. These numbers never change; fields appended by a later release get lines of their own,
 * and the sizes then speak of that release. */
#include <ravine/abi.h>

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

static_assert(sizeof(void*) == 8, "the offsets below are those of 64-bit processors");

#define PIN_SIZE(type, bytes) static_assert(sizeof(type) == (bytes), "sizeof " #type)
#define PIN(type, field, bytes) static_assert(offsetof(type, field) == (bytes), "offset of " #type "." #field)
#define PIN_VALUE(name, value) static_assert((name) == (value), #name)

PIN_SIZE(rv_host, 40);
PIN(rv_host, struct_size, 0);
PIN(rv_host, abi_major, 4);
PIN(rv_host, abi_minor, 8);
PIN(rv_host, reserved, 12);
PIN(rv_host, log, 16);
PIN(rv_host, set_error, 24);
PIN(rv_host, get_extension, 32);

PIN_SIZE(rv_param_info, 104);
PIN(rv_param_info, struct_size, 0);
PIN(rv_param_info, type, 4);
PIN(rv_param_info, name, 8);
PIN(rv_param_info, doc, 16);
PIN(rv_param_info, flags, 24);
PIN(rv_param_info, default_value, 32);
PIN(rv_param_info, minimum, 40);
PIN(rv_param_info, maximum, 48);
PIN(rv_param_info, search_low, 56);
PIN(rv_param_info, search_high, 64);
PIN(rv_param_info, search_scale, 72);
PIN(rv_param_info, choice_count, 76);
PIN(rv_param_info, choices, 80);
PIN(rv_param_info, default_list_count, 88);
PIN(rv_param_info, default_list, 96);

PIN_SIZE(rv_integer_list, 16);
PIN(rv_integer_list, count, 0);
PIN(rv_integer_list, values, 8);

PIN_SIZE(rv_file, 24);
PIN(rv_file, size, 0);
PIN(rv_file, bytes, 8);
PIN(rv_file, path, 16);

PIN_SIZE(rv_config, 40);
PIN(rv_config, struct_size, 0);
PIN(rv_config, reserved, 4);
PIN(rv_config, count, 8);
PIN(rv_config, values, 16);
PIN(rv_config, lists, 24);
PIN(rv_config, files, 32);

PIN_SIZE(rv_tensor, 64);
PIN(rv_tensor, struct_size, 0);
PIN(rv_tensor, role, 4);
PIN(rv_tensor, name, 8);
PIN(rv_tensor, offset, 16);
PIN(rv_tensor, size, 24);
PIN(rv_tensor, rank, 32);
PIN(rv_tensor, shape, 40);
PIN(rv_tensor, fan_in, 48);
PIN(rv_tensor, fan_out, 56);

PIN_SIZE(rv_layout, 32);
PIN(rv_layout, struct_size, 0);
PIN(rv_layout, dtype, 4);
PIN(rv_layout, size, 8);
PIN(rv_layout, tensor_count, 16);
PIN(rv_layout, tensors, 24);

PIN_SIZE(rv_state_array, 32);
PIN(rv_state_array, struct_size, 0);
PIN(rv_state_array, dtype, 4);
PIN(rv_state_array, name, 8);
PIN(rv_state_array, count, 16);
PIN(rv_state_array, flags, 24); /* 1.1 */

PIN_SIZE(rv_state_sink, 16);
PIN(rv_state_sink, context, 0);
PIN(rv_state_sink, add, 8);

PIN_SIZE(rv_tensor_sink, 16);
PIN(rv_tensor_sink, context, 0);
PIN(rv_tensor_sink, add, 8);

PIN_SIZE(rv_closure, 24);
PIN(rv_closure, struct_size, 0);
PIN(rv_closure, reserved, 4);
PIN(rv_closure, context, 8);
PIN(rv_closure, evaluate, 16);

/* 1.1 */
PIN_SIZE(rv_inner, 40);
PIN(rv_inner, struct_size, 0);
PIN(rv_inner, reserved, 4);
PIN(rv_inner, context, 8);
PIN(rv_inner, step, 16);
PIN(rv_inner, gradient_point, 24);
PIN(rv_inner, evaluation_point, 32);

PIN_SIZE(rv_step, 120);
PIN(rv_step, struct_size, 0);
PIN(rv_step, reserved, 4);
PIN(rv_step, step, 8);
PIN(rv_step, epoch, 16);
PIN(rv_step, total_steps, 24);
PIN(rv_step, total_epochs, 32);
PIN(rv_step, offset, 40);
PIN(rv_step, n, 48);
PIN(rv_step, params, 56);
PIN(rv_step, grads, 64);
PIN(rv_step, state, 72);
PIN(rv_step, values, 80);
PIN(rv_step, loss, 88);
PIN(rv_step, seed, 96);
PIN(rv_step, closure, 104);
PIN(rv_step, inner, 112); /* 1.1 */

PIN_SIZE(rv_optimizer, 72);
PIN(rv_optimizer, struct_size, 0);
PIN(rv_optimizer, reserved, 4);
PIN(rv_optimizer, create, 8);
PIN(rv_optimizer, destroy, 16);
PIN(rv_optimizer, state, 24);
PIN(rv_optimizer, init_state, 32);
PIN(rv_optimizer, step, 40);
PIN(rv_optimizer, gradient_point, 48);
PIN(rv_optimizer, evaluation_point, 56);
PIN(rv_optimizer, get_extension, 64);

PIN_SIZE(rv_progress, 24);
PIN(rv_progress, struct_size, 0);
PIN(rv_progress, unit, 4);
PIN(rv_progress, t, 8);
PIN(rv_progress, total, 16);

PIN_SIZE(rv_scheduler, 56);
PIN(rv_scheduler, struct_size, 0);
PIN(rv_scheduler, reserved, 4);
PIN(rv_scheduler, create, 8);
PIN(rv_scheduler, destroy, 16);
PIN(rv_scheduler, state, 24);
PIN(rv_scheduler, value, 32);
PIN(rv_scheduler, observe, 40);
PIN(rv_scheduler, get_extension, 48);

PIN_SIZE(rv_data_spec, 48);
PIN(rv_data_spec, struct_size, 0);
PIN(rv_data_spec, reserved, 4);
PIN(rv_data_spec, rank, 8);
PIN(rv_data_spec, shape, 16);
PIN(rv_data_spec, classes, 24);
PIN(rv_data_spec, max_batch, 32);
PIN(rv_data_spec, labels, 40); /* 1.1 */

PIN_SIZE(rv_batch, 40);
PIN(rv_batch, struct_size, 0);
PIN(rv_batch, mode, 4);
PIN(rv_batch, size, 8);
PIN(rv_batch, inputs, 16);
PIN(rv_batch, labels, 24);
PIN(rv_batch, seed, 32);

PIN_SIZE(rv_model, 64);
PIN(rv_model, struct_size, 0);
PIN(rv_model, reserved, 4);
PIN(rv_model, create, 8);
PIN(rv_model, destroy, 16);
PIN(rv_model, layout, 24);
PIN(rv_model, init, 32);
PIN(rv_model, loss_gradient, 40);
PIN(rv_model, predict, 48);
PIN(rv_model, get_extension, 56);

PIN_SIZE(rv_landscape, 72);
PIN(rv_landscape, struct_size, 0);
PIN(rv_landscape, flags, 4);
PIN(rv_landscape, dimension, 8);
PIN(rv_landscape, lower, 16);
PIN(rv_landscape, upper, 24);
PIN(rv_landscape, start, 32);
PIN(rv_landscape, minima_count, 40);
PIN(rv_landscape, minima, 48);
PIN(rv_landscape, minimum, 56);
PIN(rv_landscape, noise, 64);

PIN_SIZE(rv_component, 72);
PIN(rv_component, struct_size, 0);
PIN(rv_component, kind, 4);
PIN(rv_component, id, 8);
PIN(rv_component, summary, 16);
PIN(rv_component, reference, 24);
PIN(rv_component, doc, 32);
PIN(rv_component, capabilities, 40);
PIN(rv_component, param_count, 48);
PIN(rv_component, params, 56);
PIN(rv_component, functions, 64);

PIN_SIZE(rv_plugin, 64);
PIN(rv_plugin, struct_size, 0);
PIN(rv_plugin, magic, 4);
PIN(rv_plugin, abi_major, 8);
PIN(rv_plugin, abi_minor, 12);
PIN(rv_plugin, name, 16);
PIN(rv_plugin, version, 24);
PIN(rv_plugin, author, 32);
PIN(rv_plugin, license, 40);
PIN(rv_plugin, component_count, 48);
PIN(rv_plugin, components, 56);

PIN_SIZE(rv_status, 4);
PIN_SIZE(rv_dtype, 4);
PIN_SIZE(rv_entry, 8);

PIN_VALUE(RV_MAGIC, 0x4E495652);
PIN_VALUE(RV_ABI_MAJOR, 1);
PIN_VALUE(RV_ABI_MINOR, 1);
PIN_VALUE(RV_OK, 0);
PIN_VALUE(RV_UNUSED, 1);
PIN_VALUE(RV_FAILED, -1);
PIN_VALUE(RV_BAD_CONFIG, -2);
PIN_VALUE(RV_NO_MEMORY, -3);
PIN_VALUE(RV_F32, 1);
PIN_VALUE(RV_F64, 2);
PIN_VALUE(RV_LOG_DEBUG, 0);
PIN_VALUE(RV_LOG_INFO, 1);
PIN_VALUE(RV_LOG_WARNING, 2);
PIN_VALUE(RV_REAL, 1);
PIN_VALUE(RV_INTEGER, 2);
PIN_VALUE(RV_BOOLEAN, 3);
PIN_VALUE(RV_CHOICE, 4);
PIN_VALUE(RV_INTEGER_LIST, 5);
PIN_VALUE(RV_FILE, 6);
PIN_VALUE(RV_SCALE_NONE, 0);
PIN_VALUE(RV_SCALE_LINEAR, 1);
PIN_VALUE(RV_SCALE_LOG, 2);
PIN_VALUE(RV_SCALE_LOG_ONE_MINUS, 3);
PIN_VALUE(RV_PARAM_SCHEDULABLE, 1);
PIN_VALUE(RV_PARAM_OPEN_BELOW, 2);
PIN_VALUE(RV_PARAM_OPEN_ABOVE, 4);
PIN_VALUE(RV_ROLE_OTHER, 0);
PIN_VALUE(RV_ROLE_WEIGHT, 1);
PIN_VALUE(RV_ROLE_BIAS, 2);
PIN_VALUE(RV_ROLE_NORM, 3);
PIN_VALUE(RV_ROLE_COORDINATE, 4);
PIN_VALUE(RV_ROLE_EMBEDDING, 5);
PIN_VALUE(RV_OPTIMIZER_ELEMENTWISE, 1);
PIN_VALUE(RV_OPTIMIZER_CLOSURE, 2);
PIN_VALUE(RV_OPTIMIZER_WRAPS, 4);          /* 1.1 */
PIN_VALUE(RV_OPTIMIZER_MAY_WRAP, 8);       /* 1.1 */
PIN_VALUE(RV_OPTIMIZER_NO_GRADIENT, 16);   /* 1.1 */
PIN_VALUE(RV_OPTIMIZER_IGNORES_TOTAL, 32); /* 1.1 */
PIN_VALUE(RV_STATE_SCRATCH, 1);            /* 1.1 */
PIN_VALUE(RV_SCHEDULER_OBSERVES, 1);
PIN_VALUE(RV_SCHEDULER_NEEDS_LENGTH, 2);
PIN_VALUE(RV_MODEL_LANDSCAPE, 1);
PIN_VALUE(RV_MODEL_SEVERAL_LABELS, 2);
PIN_VALUE(RV_UNIT_STEP, 1);
PIN_VALUE(RV_UNIT_EPOCH, 2);
PIN_VALUE(RV_MODE_TRAIN, 1);
PIN_VALUE(RV_MODE_EVALUATE, 2);
PIN_VALUE(RV_LANDSCAPE_UNBOUNDED_BELOW, 1);
PIN_VALUE(RV_OPTIMIZER, 1);
PIN_VALUE(RV_SCHEDULER, 2);
PIN_VALUE(RV_MODEL, 3);
PIN_VALUE(sizeof RV_ENTRY_SYMBOL, sizeof "ravine_plugin_v1");
PIN_VALUE(sizeof RV_EXT_LANDSCAPE, sizeof "ravine.landscape/1");
