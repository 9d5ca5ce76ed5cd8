// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.names;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a lookup ended.
 *
 * @param code 0 or a Winsock code
 * @param addresses in the system's order, without duplicates; empty if it failed
 * @param cause why an answer of Windows' could not be read; else null
 */
public record Answer(int code, List<InetAddress> addresses, @Nullable Throwable cause) {
    /** A lookup that found nothing. */
    static Answer failed(int code) {
        return new Answer(code, List.of(), null);
    }
}
