// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** A static file server over HTTP/1.1. */
@NullMarked
package dev.ringport.examples.files;

import org.jspecify.annotations.NullMarked;
