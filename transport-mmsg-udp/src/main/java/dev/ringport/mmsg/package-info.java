// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Netty's UDP over recvmmsg and sendmmsg: handler, channel, configuration, availability. */
@NullMarked
package dev.ringport.mmsg;

import org.jspecify.annotations.NullMarked;
