// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.testkit.SeccompFilter;
import java.util.Arrays;

/** The example under a seccomp filter that answers the system calls of the given numbers, up to a dash, with EPERM. */
public final class EchoUnderFilter {
    private static final int EPERM = 1;

    private EchoUnderFilter() {}

    public static void main(String[] args) throws Throwable {
        int dash = Arrays.asList(args).indexOf("-");
        SeccompFilter.refuse(EPERM, Arrays.stream(args, 0, dash).mapToInt(Integer::parseInt).toArray());
        Echo.main(Arrays.copyOfRange(args, dash + 1, args.length));
    }
}
