// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Datagram channels: receives that are posted, sends, offloads, options. */
@NullMarked
package dev.ringport.iocp.udp;

import org.jspecify.annotations.NullMarked;
