// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Receiving datagrams: what a completion says, how a train is cut, and when the pipeline gets what. */
@NullMarked
package dev.ringport.datagram.receive;

import org.jspecify.annotations.NullMarked;
