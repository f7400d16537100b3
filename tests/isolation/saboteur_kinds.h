/* What saboteur.c can do: K(name) for each; besides, "none". */
#ifndef RAVINE_TESTS_SABOTEUR_KINDS_H
#define RAVINE_TESTS_SABOTEUR_KINDS_H

/* clang-format off */
/* At the 20th step. */
#define SABOTEUR_STEPS(K) \
  K(leave_sixty_processes) K(leave_a_process_and_abort) K(go_on_as_two) K(go_on_with_vfork) \
  K(run_a_shell) K(terminate_the_ancestors) K(kill_the_ancestors) K(stop_the_ancestors) \
  K(kill_the_relatives) K(trace_the_ancestors) K(overwrite_the_ancestors) K(empty_the_results) \
  K(garble_the_results) K(damage_files_by_name) K(lock_the_results) K(close_descriptors) \
  K(open_descriptors) K(print_without_end) K(change_folder) K(change_mask) K(lower_limits) \
  K(ignore_signals_and_crash) K(block_signals) K(set_an_alarm) K(leave_an_exit_handler) \
  K(change_locale_and_environment) K(change_floating_point) K(set_the_direction_flag) \
  K(count_beyond_the_trial) K(write_astray) K(fill_shared_mappings) K(rename_metrics) \
  K(lose_the_epochs_and_abort) K(garble_the_notes) K(take_much_memory) K(take_shared_memory) \
  K(raise_the_memory_limit) K(leave_a_thread) K(leave_a_slow_thread) K(answer_nan) K(answer_12345) \
  K(answer_the_lowest) K(answer_unused) K(sleep_for_ever) K(jump_nowhere) K(leave) K(forge_messages) \
  K(announce_16_gigabytes) K(fill_with_noise)

/* Instead of declaring one array of state. */
#define SABOTEUR_STATES(K) \
  K(state_of_1e18) K(state_of_the_most) K(state_of_160_gb) K(state_of_none) K(state_with_escapes) \
  K(state_without_utf8) K(state_of_three_million) K(state_with_a_long_name)
/* clang-format on */

#endif
