# ravine trace --schedule: each test names the arguments and what the program must print, in full or in part.
function(ravine_add_curve_test name expected)
  add_test(NAME schedule_curve.${name} COMMAND ravine trace --schedule ${ARGN})
  set_tests_properties(schedule_curve.${name} PROPERTIES
    LABELS cli PASS_REGULAR_EXPRESSION "${expected}" ENVIRONMENT "NO_COLOR=1")
endfunction()

ravine_add_curve_test(csv_has_a_row_a_step "^t,value\n0,8\n1,4\n2,2\n3,1\n$"
  exponential --set form=discrete --set gamma=0.5 --base 8 --steps 4 --format csv)
ravine_add_curve_test(stages_follow_one_another "^t,value\n0,0.5\n1,0.75\n2,1\n3,0.5\n$"
  "[{use: warmup, for: {steps: 2}}, {use: polynomial}]" --steps 4 --format csv)
ravine_add_curve_test(plots_in_plain_text
  "^step_decay every=2 gamma=0.5 milestones=\\[\\]\nbase value 1, by steps done\n\n  1 \\|\\*+ +\n( +\\| +\n)+0.5 \\| +\\*+\n +\\+-+\n +0 +3\n$"
  step_decay --set every=2 --steps 4)
ravine_add_curve_test(of_a_metric_needs_training "plateau follows a metric of the training, so there is no curve"
  plateau)
ravine_add_curve_test(names_the_nearest_scheduler "no scheduler named cosin; did you mean cosine\\?" cosin)
ravine_add_curve_test(names_the_place_of_an_error "--schedule:1:16: schedule.with: unknown key mim; did you mean min\\?"
  "{use: cosine, with: {mim: 1}}")
ravine_add_curve_test(goes_by_steps "a curve is drawn by steps" "{use: cosine, by: epoch}")
ravine_add_curve_test(refuses_what_it_would_ignore "leave out --on" cosine --on beale)
