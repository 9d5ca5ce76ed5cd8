// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.files;

import io.netty.handler.codec.http.HttpResponseStatus;

/** A request that gets an error instead of a file. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient HttpResponseStatus status;

    RefusedException(HttpResponseStatus status) {
        super(status.toString(), null, false, false);
        this.status = status;
    }

    HttpResponseStatus status() {
        return status;
    }
}
