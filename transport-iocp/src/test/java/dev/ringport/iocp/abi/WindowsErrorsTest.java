// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What each status and each code is told as. The names of the codes are compared with the headers in AbiTest. */
class WindowsErrorsTest {
    /** Codes and the statuses that mean them. */
    private static final String STATUSES = """
            ERROR_HANDLE_EOF C0000011
            WSA_OPERATION_ABORTED 8000000A C0000120 C0000128 C000020B C0000240
            WSA_IO_PENDING 00000103
            ERROR_PORT_UNREACHABLE C000023F
            WSAEACCES C0000022
            WSAEFAULT 8000000D C0000005 C0000023
            WSAEINVAL C000000D C0000184
            WSAEWOULDBLOCK C00000A3 C00000D0
            WSAENOTSOCK C0000008 C0000024
            WSAEMSGSIZE 80000005 C0000206
            WSAEOPNOTSUPP C0000002 C0000010 C00000BB
            WSAEADDRINUSE C0000043 C0000209 C000020A C0000238
            WSAEADDRNOTAVAIL C0000018 C0000141 C0000207 C0000239
            WSAENETDOWN C000000E C000000F C0000034 C000003A C00000BF C00000C3 C00000C4
            WSAENETUNREACH C00000BE C000023C C000023E
            WSAENETRESET C000A012
            WSAECONNABORTED C000013B C000020F C0000241
            WSAECONNRESET C00000C9 C000013C C000013E C000020C C000020D
            WSAENOBUFS C0000007 C0000017 C0000044 C0000097 C000009A C00000A1 C000012D C000013D
            WSAEISCONN C000023B
            WSAENOTCONN C0000140 C000023A
            WSAESHUTDOWN C00000B0
            WSAETIMEDOUT 00000102 C00000B5 C000013F
            WSAECONNREFUSED C00000BC C0000236
            WSAEHOSTDOWN C0000350
            WSAEHOSTUNREACH C000023D
            WSAEDISCON C0000237
            """;

    /** Win32 codes and the Winsock codes that say the same. */
    private static final String COUNTERPARTS = """
            ERROR_ACCESS_DENIED WSAEACCES
            ERROR_NOT_ENOUGH_MEMORY WSAENOBUFS
            ERROR_OUTOFMEMORY WSAENOBUFS
            ERROR_NOT_SUPPORTED WSAEOPNOTSUPP
            ERROR_NETNAME_DELETED WSAECONNRESET
            ERROR_SEM_TIMEOUT WSAETIMEDOUT
            ERROR_INSUFFICIENT_BUFFER WSAEFAULT
            ERROR_MORE_DATA WSAEMSGSIZE
            ERROR_CONNECTION_REFUSED WSAECONNREFUSED
            ERROR_GRACEFUL_DISCONNECT WSAEDISCON
            ERROR_NETWORK_UNREACHABLE WSAENETUNREACH
            ERROR_HOST_UNREACHABLE WSAEHOSTUNREACH
            ERROR_PROTOCOL_UNREACHABLE WSAENETUNREACH
            ERROR_REQUEST_ABORTED WSA_OPERATION_ABORTED
            ERROR_CONNECTION_ABORTED WSAECONNABORTED
            ERROR_NO_SYSTEM_RESOURCES WSAENOBUFS
            ERROR_WORKING_SET_QUOTA WSAENOBUFS
            ERROR_TIMEOUT WSAETIMEDOUT
            ERROR_NOT_ENOUGH_QUOTA WSAENOBUFS
            """;

    /** Exceptions for streams and the codes that they stand for. */
    private static final String EXCEPTIONS = """
            ConnectException WSAECONNREFUSED ERROR_CONNECTION_REFUSED
            NoRouteToHostException WSAENETUNREACH WSAEHOSTUNREACH WSAEHOSTDOWN ERROR_NETWORK_UNREACHABLE
            NoRouteToHostException ERROR_HOST_UNREACHABLE ERROR_PROTOCOL_UNREACHABLE
            BindException WSAEADDRINUSE WSAEADDRNOTAVAIL
            ClosedChannelException WSAENOTSOCK WSA_OPERATION_ABORTED WSAEINTR ERROR_REQUEST_ABORTED
            PortUnreachableException ERROR_PORT_UNREACHABLE
            IOException ERROR_FILE_NOT_FOUND ERROR_PATH_NOT_FOUND ERROR_INVALID_HANDLE
            IOException ERROR_SHARING_VIOLATION ERROR_HANDLE_EOF ERROR_INVALID_PARAMETER
            IOException ERROR_CALL_NOT_IMPLEMENTED WAIT_TIMEOUT ERROR_ABANDONED_WAIT_0
            IOException WSA_IO_INCOMPLETE WSA_IO_PENDING ERROR_IO_DEVICE ERROR_NOT_FOUND
            IOException WSAHOST_NOT_FOUND WSATRY_AGAIN WSANO_RECOVERY WSANO_DATA
            SocketException ERROR_ACCESS_DENIED ERROR_NOT_ENOUGH_MEMORY ERROR_OUTOFMEMORY
            SocketException ERROR_NOT_SUPPORTED ERROR_NETNAME_DELETED ERROR_SEM_TIMEOUT
            SocketException ERROR_INSUFFICIENT_BUFFER ERROR_MORE_DATA ERROR_GRACEFUL_DISCONNECT
            SocketException ERROR_CONNECTION_ABORTED ERROR_NO_SYSTEM_RESOURCES
            SocketException ERROR_WORKING_SET_QUOTA ERROR_TIMEOUT ERROR_NOT_ENOUGH_QUOTA WSAEBADF
            SocketException WSAEACCES WSAEFAULT WSAEINVAL WSAEMFILE WSAEWOULDBLOCK WSAEINPROGRESS
            SocketException WSAEALREADY WSAEDESTADDRREQ WSAEMSGSIZE WSAEPROTOTYPE WSAENOPROTOOPT
            SocketException WSAEPROTONOSUPPORT WSAESOCKTNOSUPPORT WSAEOPNOTSUPP WSAEPFNOSUPPORT
            SocketException WSAEAFNOSUPPORT WSAENETDOWN WSAENETRESET WSAECONNABORTED WSAECONNRESET
            SocketException WSAENOBUFS WSAEISCONN WSAENOTCONN WSAESHUTDOWN WSAETIMEDOUT
            SocketException WSAEPROCLIM WSASYSNOTREADY WSAVERNOTSUPPORTED WSANOTINITIALISED
            SocketException WSAEDISCON WSASERVICE_NOT_FOUND WSATYPE_NOT_FOUND WSA_E_CANCELLED
            SocketException WSAEREFUSED
            """;

    private static final Map<String, Integer> CODES = codes();

    private static Map<String, Integer> codes() {
        Map<String, Integer> codes = new HashMap<>();
        for (int code = 0; code < 12_000; code++) {
            String description = WindowsErrors.describe(code);
            int colon = description.indexOf(':');
            if (colon > 0) {
                codes.put(description.substring(0, colon), code);
            }
        }
        return codes;
    }

    /** Pairs of a row's first word and each other. */
    private static Stream<Arguments> pairs(String rows) {
        return rows.lines()
                .map(row -> row.split(" "))
                .flatMap(row -> Arrays.stream(row).skip(1).map(word -> Arguments.of(row[0], word)));
    }

    static Stream<Arguments> statuses() {
        return pairs(STATUSES);
    }

    static Stream<Arguments> counterparts() {
        return pairs(COUNTERPARTS);
    }

    static Stream<Arguments> exceptions() {
        return pairs(EXCEPTIONS);
    }

    private static List<String> words(Stream<Arguments> pairs) {
        return pairs.map(pair -> (String) pair.get()[1]).toList();
    }

    @ParameterizedTest
    @MethodSource("statuses")
    void aStatusIsToldAsTheCodeThatMeansIt(String name, String status) {
        assertThat(WindowsErrors.fromStatus(Integer.parseUnsignedInt(status, 16))).isEqualTo(CODES.get(name));
    }

    @ParameterizedTest
    @MethodSource("counterparts")
    void aWin32CodeIsToldAsItsCounterpart(String name, String counterpart) {
        assertThat(WindowsErrors.fromWin32(CODES.get(name))).isEqualTo(CODES.get(counterpart));
        assertThat(WindowsErrors.fromStatus(0xC007_0000 | CODES.get(name))).isEqualTo(CODES.get(counterpart));
    }

    @ParameterizedTest
    @MethodSource("exceptions")
    void aCodeIsThrownAsWhatNettyUsersCatch(String exception, String name) {
        int code = CODES.get(name);
        IOException thrown = WindowsErrors.exception("WSARecv", code);

        assertThat(thrown.getClass().getSimpleName()).isEqualTo(exception);
        Throwable telling = thrown.getCause() != null ? thrown.getCause() : thrown;
        assertThat(telling).hasMessageStartingWith("WSARecv failed: " + name + ": ")
                .hasMessageEndingWith(" (" + code + ")");
    }

    /** Those that end operations all the time, with Win32 codes as drivers wrap them. */
    @ParameterizedTest
    @CsvSource({"C0000120, 995", "8000000A, 995", "C0000024, 10038", "C000020D, 10054", "C0070040, 10054",
        "C000013B, 10053", "C0000241, 10053", "C0000236, 10061", "C00704C9, 10061", "C000023F, 1234", "C00704D2, 1234",
        "80000005, 10040", "C00700EA, 10040", "C0070079, 10060", "C00703E3, 995"})
    void theCommonStatusesAreToldAsWinsockCodes(String status, int code) {
        assertThat(WindowsErrors.fromStatus(Integer.parseUnsignedInt(status, 16))).isEqualTo(code);
    }

    @Test
    void everyRowOfTheTableIsTested() {
        assertThat(words(statuses())).containsExactlyInAnyOrderElementsOf(
                ErrorTable.STATUSES.lines().map(row -> row.split(" ", 2)[0]).toList());
        assertThat(words(exceptions())).containsExactlyInAnyOrderElementsOf(CODES.keySet());
        assertThat(counterparts().map(pair -> pair.get()[0]).collect(Collectors.toSet()))
                .isEqualTo(CODES.keySet()
                        .stream()
                        .filter(name -> WindowsErrors.fromWin32(CODES.get(name)) != CODES.get(name))
                        .collect(Collectors.toSet()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0x101, 0x4000_0000, 0x0000_00C0})
    void aRemarkOnSuccessIsSuccess(int status) {
        assertThat(WindowsErrors.fromStatus(status)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"C0001234", "C0DE0001", "80000020", "8ABC0001", "E0000001", "C0070000"})
    void anUnknownStatusIsPositiveAndReportedWhole(String status) {
        int code = WindowsErrors.fromStatus(Integer.parseUnsignedInt(status, 16));

        assertThat(code).isPositive();
        assertThat(WindowsErrors.describe(code)).isEqualTo("unknown code (NTSTATUS 0x" + status + ")");
        assertThat(WindowsErrors.exception("AcceptEx", code))
                .hasMessage("AcceptEx failed: unknown code (NTSTATUS 0x" + status + ")");
    }

    @Test
    void anUnknownCodeIsReportedWithCallAndNumber() {
        assertThat(WindowsErrors.exception("WSASend", 10_999))
                .hasMessage("WSASend failed: unknown code (10999)");
        assertThat(WindowsErrors.exception("WSAGetQOSByName", WindowsErrors.NO_CODE))
                .hasMessage("WSAGetQOSByName failed: the system gave no code");
    }

    @ParameterizedTest
    @ValueSource(ints = {WindowsErrors.WSAECONNRESET, WindowsErrors.WSAECONNREFUSED,
        WindowsErrors.ERROR_PORT_UNREACHABLE, WindowsErrors.ERROR_NETNAME_DELETED,
        WindowsErrors.ERROR_CONNECTION_REFUSED})
    void aResetOfADatagramSocketIsAnUnreachablePort(int code) {
        assertThat(WindowsErrors.datagramException("WSARecvFrom", code))
                .isExactlyInstanceOf(PortUnreachableException.class);
    }

    @Test
    void anyOtherCodeOfADatagramSocketIsThatOfAStream() {
        assertThat(WindowsErrors.datagramException("WSASendTo", WindowsErrors.WSAEADDRINUSE))
                .isExactlyInstanceOf(BindException.class)
                .hasMessageContaining("WSASendTo");
        assertThat(WindowsErrors.datagramException("WSASendTo", WindowsErrors.WSAENOBUFS))
                .isExactlyInstanceOf(SocketException.class);
    }

    @Test
    void aTimeoutOfAConnectAndADeniedBindTellWhatFailed() {
        assertThat(WindowsErrors.exception("ConnectEx", WindowsErrors.WSAETIMEDOUT))
                .isExactlyInstanceOf(ConnectException.class);
        assertThat(WindowsErrors.exception("bind", WindowsErrors.WSAEACCES)).isExactlyInstanceOf(BindException.class);
    }

    @Test
    void onlyANegativeAnswerIsAnError() throws IOException {
        assertThat(WindowsErrors.check("send", 0)).isZero();
        assertThat(WindowsErrors.check("send", 12)).isEqualTo(12);
        assertThatThrownBy(() -> WindowsErrors.check("send", -WindowsErrors.WSAECONNRESET))
                .isExactlyInstanceOf(SocketException.class)
                .hasMessage("send failed: WSAECONNRESET: Connection reset by peer (10054)");
    }
}
