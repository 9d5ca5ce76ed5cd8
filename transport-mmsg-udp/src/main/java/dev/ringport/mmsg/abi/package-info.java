// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** What this transport alone asks of Linux: calls for many messages, epoll, timers. Knows no channel. */
@NullMarked
package dev.ringport.mmsg.abi;

import org.jspecify.annotations.NullMarked;
