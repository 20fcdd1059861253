/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_FAULT_OUTPUT_H
#define CLI_FAULT_OUTPUT_H

/**
 * @file
 * A fault report for people and for programs.
 */
#include <stdio.h>

#include "output.h"

void print_fault(FILE *stream, const dapper_fault *fault);
json_t *json_fault(const dapper_fault *fault);

#endif /* CLI_FAULT_OUTPUT_H */
