// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.testing;

import dev.ringport.mmsg.abi.MmsgCalls;
import dev.ringport.testkit.EchoOnce;
import dev.ringport.testkit.SeccompFilter;

/**
 * As {@link ReportAvailability} and then {@link EchoOnce}, where the call named is answered with the error number given. The
 * filter is set before anything is asked.
 */
public final class RefuseCalls {
    private RefuseCalls() {}

    public static void main(String[] args) throws Throwable {
        long number = switch (args[1]) {
            case "recvmmsg" -> MmsgCalls.recvmmsgNumber();
            case "sendmmsg" -> MmsgCalls.sendmmsgNumber();
            case "epoll_pwait2" -> MmsgCalls.epollPwait2Number();
            default -> throw new IllegalArgumentException(args[1]);
        };
        SeccompFilter.refuse(Integer.parseInt(args[0]), (int) number);
        ReportAvailability.main(args);
        EchoOnce.main(new String[]{"ping"});
    }
}
