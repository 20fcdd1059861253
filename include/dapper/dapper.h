/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAPPER_DAPPER_H
#define DAPPER_DAPPER_H

#include <dapper/common.h>
#include <dapper/context.h>
#include <dapper/error.h>
#include <dapper/event.h>
#include <dapper/fault.h>
#include <dapper/flash.h>
#include <dapper/gdb.h>
#include <dapper/image.h>
#include <dapper/memory_map.h>
#include <dapper/node.h>
#include <dapper/pack.h>
#include <dapper/probe.h>
#include <dapper/rtt.h>
#include <dapper/semihosting.h>
#include <dapper/session.h>
#include <dapper/svd.h>
#include <dapper/target.h>
#include <dapper/vboard.h>

#endif /* DAPPER_DAPPER_H */
