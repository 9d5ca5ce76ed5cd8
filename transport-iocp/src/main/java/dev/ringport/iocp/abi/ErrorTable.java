// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one table of codes and statuses. */
final class ErrorTable {
    /**
     * Winsock and Win32 codes: number, name, the Winsock code that says the same (or - for none, or that it is one),
     * meaning.
     */
    static final String CODES = """
            2 ERROR_FILE_NOT_FOUND - No such file
            3 ERROR_PATH_NOT_FOUND - No such path
            5 ERROR_ACCESS_DENIED 10013 Access denied
            6 ERROR_INVALID_HANDLE - Invalid handle
            8 ERROR_NOT_ENOUGH_MEMORY 10055 Not enough memory
            14 ERROR_OUTOFMEMORY 10055 Out of memory
            32 ERROR_SHARING_VIOLATION - The file is in use by another program
            38 ERROR_HANDLE_EOF - End of file
            50 ERROR_NOT_SUPPORTED 10045 Not supported
            64 ERROR_NETNAME_DELETED 10054 Connection reset by peer
            87 ERROR_INVALID_PARAMETER - Invalid parameter
            120 ERROR_CALL_NOT_IMPLEMENTED - This system has no such function
            121 ERROR_SEM_TIMEOUT 10060 Timed out
            122 ERROR_INSUFFICIENT_BUFFER 10014 The buffer is too small
            234 ERROR_MORE_DATA 10040 The datagram is longer than the buffer
            258 WAIT_TIMEOUT - Timed out
            735 ERROR_ABANDONED_WAIT_0 - The port was closed while waiting
            995 WSA_OPERATION_ABORTED - Operation cancelled
            996 WSA_IO_INCOMPLETE - Operation not ended yet
            997 WSA_IO_PENDING - Operation under way
            1117 ERROR_IO_DEVICE - I/O error of a device
            1168 ERROR_NOT_FOUND - Not found
            1225 ERROR_CONNECTION_REFUSED 10061 Connection refused
            1226 ERROR_GRACEFUL_DISCONNECT 10101 The peer has ended the connection
            1231 ERROR_NETWORK_UNREACHABLE 10051 Network is unreachable
            1232 ERROR_HOST_UNREACHABLE 10065 No route to host
            1233 ERROR_PROTOCOL_UNREACHABLE 10051 Protocol is unreachable
            1234 ERROR_PORT_UNREACHABLE - Port is unreachable
            1235 ERROR_REQUEST_ABORTED 995 Request aborted
            1236 ERROR_CONNECTION_ABORTED 10053 Connection aborted by this machine
            1450 ERROR_NO_SYSTEM_RESOURCES 10055 Not enough system resources
            1453 ERROR_WORKING_SET_QUOTA 10055 Quota exceeded
            1460 ERROR_TIMEOUT 10060 Timed out
            1816 ERROR_NOT_ENOUGH_QUOTA 10055 Quota exceeded
            10004 WSAEINTR - Interrupted
            10009 WSAEBADF - Bad handle
            10013 WSAEACCES - Permission denied
            10014 WSAEFAULT - Bad address
            10022 WSAEINVAL - Invalid argument
            10024 WSAEMFILE - Too many open sockets
            10035 WSAEWOULDBLOCK - Resource temporarily unavailable
            10036 WSAEINPROGRESS - Operation in progress
            10037 WSAEALREADY - Operation already in progress
            10038 WSAENOTSOCK - Not a socket
            10039 WSAEDESTADDRREQ - Destination address required
            10040 WSAEMSGSIZE - Message too long
            10041 WSAEPROTOTYPE - Wrong protocol for the socket
            10042 WSAENOPROTOOPT - No such option
            10043 WSAEPROTONOSUPPORT - Protocol not supported
            10044 WSAESOCKTNOSUPPORT - Socket type not supported
            10045 WSAEOPNOTSUPP - Operation not supported
            10046 WSAEPFNOSUPPORT - Protocol family not supported
            10047 WSAEAFNOSUPPORT - Address family not supported
            10048 WSAEADDRINUSE - Address already in use
            10049 WSAEADDRNOTAVAIL - Cannot assign requested address
            10050 WSAENETDOWN - Network is down
            10051 WSAENETUNREACH - Network is unreachable
            10052 WSAENETRESET - Connection ended by the network
            10053 WSAECONNABORTED - Connection aborted by this machine
            10054 WSAECONNRESET - Connection reset by peer
            10055 WSAENOBUFS - No buffer space available
            10056 WSAEISCONN - Already connected
            10057 WSAENOTCONN - Not connected
            10058 WSAESHUTDOWN - Cannot send after shutdown
            10060 WSAETIMEDOUT - Connection timed out
            10061 WSAECONNREFUSED - Connection refused
            10064 WSAEHOSTDOWN - Host is down
            10065 WSAEHOSTUNREACH - No route to host
            10067 WSAEPROCLIM - Too many processes use Winsock
            10091 WSASYSNOTREADY - The network is not ready
            10092 WSAVERNOTSUPPORTED - This version of Winsock is not supported
            10093 WSANOTINITIALISED - Winsock was not started
            10101 WSAEDISCON - The peer has ended the connection
            10108 WSASERVICE_NOT_FOUND - No such service
            10109 WSATYPE_NOT_FOUND - No such type of service
            10111 WSA_E_CANCELLED - Lookup cancelled
            10112 WSAEREFUSED - Lookup refused
            11001 WSAHOST_NOT_FOUND - No such host
            11002 WSATRY_AGAIN - No answer from a name server, try again
            11003 WSANO_RECOVERY - Lookup failed
            11004 WSANO_DATA - The host has no address of the kind asked for
            """;

    /** Statuses: number, name, code. */
    static final String STATUSES = """
            00000102 STATUS_TIMEOUT 10060
            00000103 STATUS_PENDING 997
            80000005 STATUS_BUFFER_OVERFLOW 10040
            8000000A STATUS_HANDLES_CLOSED 995
            8000000D STATUS_PARTIAL_COPY 10014
            C0000002 STATUS_NOT_IMPLEMENTED 10045
            C0000005 STATUS_ACCESS_VIOLATION 10014
            C0000007 STATUS_PAGEFILE_QUOTA 10055
            C0000008 STATUS_INVALID_HANDLE 10038
            C000000D STATUS_INVALID_PARAMETER 10022
            C000000E STATUS_NO_SUCH_DEVICE 10050
            C000000F STATUS_NO_SUCH_FILE 10050
            C0000010 STATUS_INVALID_DEVICE_REQUEST 10045
            C0000011 STATUS_END_OF_FILE 38
            C0000017 STATUS_NO_MEMORY 10055
            C0000018 STATUS_CONFLICTING_ADDRESSES 10049
            C0000022 STATUS_ACCESS_DENIED 10013
            C0000023 STATUS_BUFFER_TOO_SMALL 10014
            C0000024 STATUS_OBJECT_TYPE_MISMATCH 10038
            C0000034 STATUS_OBJECT_NAME_NOT_FOUND 10050
            C000003A STATUS_OBJECT_PATH_NOT_FOUND 10050
            C0000043 STATUS_SHARING_VIOLATION 10048
            C0000044 STATUS_QUOTA_EXCEEDED 10055
            C0000097 STATUS_TOO_MANY_PAGING_FILES 10055
            C000009A STATUS_INSUFFICIENT_RESOURCES 10055
            C00000A1 STATUS_WORKING_SET_QUOTA 10055
            C00000A3 STATUS_DEVICE_NOT_READY 10035
            C00000B0 STATUS_PIPE_DISCONNECTED 10058
            C00000B5 STATUS_IO_TIMEOUT 10060
            C00000BB STATUS_NOT_SUPPORTED 10045
            C00000BC STATUS_REMOTE_NOT_LISTENING 10061
            C00000BE STATUS_BAD_NETWORK_PATH 10051
            C00000BF STATUS_NETWORK_BUSY 10050
            C00000C3 STATUS_INVALID_NETWORK_RESPONSE 10050
            C00000C4 STATUS_UNEXPECTED_NETWORK_ERROR 10050
            C00000C9 STATUS_NETWORK_NAME_DELETED 10054
            C00000D0 STATUS_REQUEST_NOT_ACCEPTED 10035
            C0000120 STATUS_CANCELLED 995
            C0000128 STATUS_FILE_CLOSED 995
            C000012D STATUS_COMMITMENT_LIMIT 10055
            C000013B STATUS_LOCAL_DISCONNECT 10053
            C000013C STATUS_REMOTE_DISCONNECT 10054
            C000013D STATUS_REMOTE_RESOURCES 10055
            C000013E STATUS_LINK_FAILED 10054
            C000013F STATUS_LINK_TIMEOUT 10060
            C0000140 STATUS_INVALID_CONNECTION 10057
            C0000141 STATUS_INVALID_ADDRESS 10049
            C0000184 STATUS_INVALID_DEVICE_STATE 10022
            C0000206 STATUS_INVALID_BUFFER_SIZE 10040
            C0000207 STATUS_INVALID_ADDRESS_COMPONENT 10049
            C0000209 STATUS_TOO_MANY_ADDRESSES 10048
            C000020A STATUS_ADDRESS_ALREADY_EXISTS 10048
            C000020B STATUS_ADDRESS_CLOSED 995
            C000020C STATUS_CONNECTION_DISCONNECTED 10054
            C000020D STATUS_CONNECTION_RESET 10054
            C000020F STATUS_TRANSACTION_ABORTED 10053
            C0000236 STATUS_CONNECTION_REFUSED 10061
            C0000237 STATUS_GRACEFUL_DISCONNECT 10101
            C0000238 STATUS_ADDRESS_ALREADY_ASSOCIATED 10048
            C0000239 STATUS_ADDRESS_NOT_ASSOCIATED 10049
            C000023A STATUS_CONNECTION_INVALID 10057
            C000023B STATUS_CONNECTION_ACTIVE 10056
            C000023C STATUS_NETWORK_UNREACHABLE 10051
            C000023D STATUS_HOST_UNREACHABLE 10065
            C000023E STATUS_PROTOCOL_UNREACHABLE 10051
            C000023F STATUS_PORT_UNREACHABLE 1234
            C0000240 STATUS_REQUEST_ABORTED 995
            C0000241 STATUS_CONNECTION_ABORTED 10053
            C0000350 STATUS_HOST_DOWN 10064
            C000A012 STATUS_HOPLIMIT_EXCEEDED 10052
            """;

    private static final Map<Integer, String> DESCRIPTIONS = new HashMap<>();
    private static final Map<Integer, Integer> WINSOCK = new HashMap<>();
    private static final Map<Integer, Integer> OF_STATUS = new HashMap<>();

    static {
        CODES.lines().map(row -> row.split(" ", 4)).forEach(row -> {
            int code = Integer.parseInt(row[0]);
            DESCRIPTIONS.put(code, row[1] + ": " + row[3]);
            WINSOCK.put(code, row[2].equals("-") ? code : Integer.parseInt(row[2]));
        });
        STATUSES.lines()
                .map(row -> row.split(" ", 3))
                .forEach(row -> OF_STATUS.put(Integer.parseUnsignedInt(row[0], 16), Integer.parseInt(row[2])));
    }

    private ErrorTable() {}

    /** The code of a status, null if it has none. */
    static @Nullable Integer codeOf(int status) {
        return OF_STATUS.get(status);
    }

    /** The Winsock code that says the same, or the code. */
    static int winsockOf(int code) {
        return WINSOCK.getOrDefault(code, code);
    }

    /** Name and meaning, null if the code is unknown. */
    static @Nullable String describe(int code) {
        return DESCRIPTIONS.get(code);
    }
}
