// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Segmented datagrams for Netty's QUIC codec. */
@NullMarked
package dev.ringport.quic;

import org.jspecify.annotations.NullMarked;
