# SPDX-License-Identifier: BSD-3-Clause
"""Scripts that are run by php-fpm behind nginx and by kraken-php in classic mode, one file each.
What must be forgotten between requests is asked by the script after (`*_after`)."""

BEHAVIOURS = {
    "plain": 'echo "hi";',
    "empty": '',
    "status": 'http_response_code(404); echo "x";',
    "reason": 'header("HTTP/1.1 404 Nope, not here"); header("X-A: 1"); echo "x";',
    "reason_taken_back": 'header("HTTP/1.1 404 Nope"); http_response_code(404);',
    "status_line": 'header("HTTP/1.0 410 Gone"); echo "x";',
    "status_above_599": 'http_response_code(999); echo "x";',
    "reason_above_599": 'header("HTTP/1.1 650 Odd"); echo "x";',
    "status_field": 'header("Status: 418 Tea"); echo 1;',
    "location": 'header("Location: /x");',
    "location_permanent": 'header("Location: /x",true,301);',
    "cookies": (
        'setcookie("a","1 2;"); setcookie("b","2",["samesite"=>"Lax","httponly"=>true])'
        '; setrawcookie("c","x");'
    ),
    "content_type": 'header("Content-Type: text/plain"); echo "x";',
    "without_charset": 'ini_set("default_charset",""); echo "x";',
    "duplicate_fields": (
        'header("X-A: 1"); header("X-A: 2",false); header("X-B: 1"); header("X-B: 2");'
    ),
    "removed_field": 'header("X-A: 1"); header_remove("X-A"); header("X-C: 3");',
    "throw": 'throw new Exception("e");',
    "exception_after_output": 'echo "half"; throw new Exception("e");',
    "exit_text": 'echo 1; exit("bye");',
    "exit_code": 'exit(3);',
    "fatal": 'nofn();',
    "parse_error": 'eval("syntax error here");',
    "out_of_memory": '$a=str_repeat("x",1<<30);',
    "no_content": 'http_response_code(204);',
    "not_modified": 'http_response_code(304); header("ETag: \\"x\\"");',
    "not_modified_typed": 'http_response_code(304); header("Content-Type: text/css");',
    "field_after_output": (
        'echo str_repeat("x",9000); flush(); header("X-L: 1"); echo headers_sent()?"sen'
        't":"not";'
    ),
    "flush_of_a_buffer": (
        'header("X-A: 1"); echo "a"; flush(); setcookie("late","1"); header("Location: /x");'
        'echo headers_sent()?"sent":"not";'
    ),
    "flush_of_nothing": 'ob_end_clean(); flush(); header("X-B: 1"); echo "b"; flush();',
    "server_name": 'echo PHP_SAPI;',
    "output_buffer": 'ob_start("strtoupper"); echo "abc";',
    "output_callback_throws": (
        'header("X-A: 1"); echo "before"; ob_start(function(){throw new Exception("x");});'
        'echo "unfiltered";'
    ),
    "output_callback_exits": 'ob_start(function(){exit("bye");}); echo "unfiltered";',
    "header_callback_throws": (
        'header_register_callback(function(){throw new Exception("x");}); echo "a";'
    ),
    "shutdown_throws": (
        'set_exception_handler(function($e){echo "EH";}); echo "a";'
        'register_shutdown_function(function(){throw new Exception("x");});'
        'register_shutdown_function(function(){echo "second";});'
    ),
    "exception_handler_throws": (
        'set_exception_handler(function($e){throw new Exception("h");}); throw new Exception("q");'
    ),
    "out_of_memory_shutdown": (
        'register_shutdown_function(function(){echo "shut";}); $a=str_repeat("x",1<<30);'
    ),
    "shutdown_exits": 'echo "a"; register_shutdown_function(function(){exit("b");});',
    "nested_buffers": 'ob_start(); ob_start(); echo "n"; ',
    "session": 'session_start(); echo session_status(), isset($_SESSION["x"]) ? "y":"n";',
    "shutdown": 'register_shutdown_function(function(){echo "!";}); echo "a"; exit;',
    "destructor": 'class D{function __destruct(){echo "d";}} $d=new D; echo "a";',
    "plain_cookies": 'var_dump($_COOKIE);',
    "odd_cookies": 'var_dump($_COOKIE);',
    "get": 'var_dump($_GET);',
    "post": 'var_dump($_POST, file_get_contents("php://input"));',
    "header_variables": (
        'ksort($_SERVER); foreach($_SERVER as $k=>$v) if (str_starts_with($k,"HTTP_")&&'
        '!in_array($k,["HTTP_HOST"])) echo "$k=$v\\n";'
    ),
    "all_headers": '$h=getallheaders(); unset($h["Host"]); ksort($h); echo json_encode($h);',
    "request_environment": (
        'foreach(["HTTP_X_ONE","REQUEST_METHOD","CONTENT_TYPE","QUERY_STRING","SCRIPT_NAME",'
        '"REQUEST_URI","SERVER_PROTOCOL","HTTPS","HTTP_NONE","remote_addr","FOO"] as $n)'
        '{echo "$n="; var_dump(getenv($n));} var_dump(getenv("REQUEST_METHOD",true));'
        'putenv("REQUEST_METHOD=X"); var_dump(getenv("REQUEST_METHOD"));'
        'var_dump(getenv("REMOTE_ADDR")===$_SERVER["REMOTE_ADDR"]);'
        'var_dump(getenv("PHP_SELF"));'
    ),
    "whole_environment": (
        'putenv("MINE=1"); $e=getenv(); foreach(["DOCUMENT_ROOT","DOCUMENT_URI","MINE",'
        '"GATEWAY_INTERFACE","HTTP_X_ONE","HTTP_COOKIE","HTTP_NONE","QUERY_STRING","SCRIPT_NAME",'
        '"REQUEST_METHOD","REQUEST_SCHEME","REQUEST_URI","SCRIPT_FILENAME","SERVER_PROTOCOL",'
        '"CONTENT_TYPE","CONTENT_LENGTH","PHP_SELF","REQUEST_TIME"] as $n)'
        '{echo "$n="; var_dump($e[$n]??null);} var_dump(isset($_ENV["REQUEST_URI"]));'
        'var_dump($e["REMOTE_PORT"]===$_SERVER["REMOTE_PORT"]);'
    ),
    "whole_url": (
        'echo $_SERVER["REQUEST_URI"]," ",$_SERVER["HTTP_HOST"]," ",$_SERVER["QUERY_STRING"];'
    ),
    "utf8_target": (
        'foreach(["REQUEST_URI","QUERY_STRING","SCRIPT_NAME","PHP_SELF"] as $n)'
        '{echo "$n="; var_dump($_SERVER[$n]);} var_dump($_GET);'
    ),
    "environment": 'putenv("FOO=1"); echo getenv("FOO"), getenv("KRAKEN_FD");',
    "locale": 'setlocale(LC_ALL,"C.UTF-8"); echo setlocale(LC_ALL,0);',
    "locale_after": 'echo setlocale(LC_ALL,0);',
    "timezone": 'date_default_timezone_set("Asia/Tokyo"); echo date_default_timezone_get();',
    "timezone_after": 'echo date_default_timezone_get();',
    "ini_set": 'ini_set("precision","3"); echo 1/3;',
    "ini_after": 'echo 1/3;',
    "umask": 'umask(0); echo 1;',
    "directory": 'echo basename(getcwd()); chdir("/tmp");',
    "directory_after": 'echo basename(getcwd());',
    "include": 'echo (include "inc.txt") ;',
    "script_names": (
        'echo $_SERVER["PHP_SELF"],$_SERVER["SCRIPT_NAME"],basename($_SERVER["SCRIPT_FI'
        'LENAME"]),$_SERVER["REQUEST_METHOD"],$_SERVER["QUERY_STRING"],$_SERVER["SERVER'
        '_PROTOCOL"],$_SERVER["GATEWAY_INTERFACE"];'
    ),
    "auth": (
        'echo $_SERVER["PHP_AUTH_USER"]??"-",$_SERVER["PHP_AUTH_PW"]??"-";'
        'echo $_SERVER["REMOTE_USER"];'
    ),
    "content_length": 'header("Content-Length: 3"); echo "abc";',
    "nul_byte": 'echo "a\\0b";',
    "binary": (
        'header("Content-Type: application/octet-stream"); echo random_bytes(0).implode'
        '("",array_map("chr",range(0,255)));'
    ),
    "error_handler": (
        'set_error_handler(function($n,$m){echo "H:$m"; return true;}); echo $undef;'
    ),
    "exception_handler": (
        'set_exception_handler(function($e){http_response_code(503); echo "EH:".$e->get'
        'Message();}); throw new Exception("q");'
    ),
    "warning": 'echo $undef; echo "after";',
    "caching_fields": 'header("Expires: 0"); header("Cache-Control: no-cache");',
    "arguments": 'echo isset($argv)?"y":"n", isset($_SERVER["argv"])?"y":"n";',
    "request_time": (
        'echo is_int($_SERVER["REQUEST_TIME"])?"i":"x", is_float($_SERVER["REQUEST_TIME'
        '_FLOAT"])?"f":"x";'
    ),
    "compression_off": 'ini_set("zlib.output_compression","0"); echo "z";',
    "large_body": 'echo str_repeat("y",300000);',
    "deep_recursion": 'function f($n){return $n?f($n-1)+1:0;} echo f(20000);',
    "early_finish": 'echo "x"; fastcgi_finish_request(); echo "y";',
    "statics": 'class S{static $n=0;} echo ++S::$n;',
    "constants": 'echo defined("ZZ")?"y":"n"; define("ZZ",1);',
    "files": 'var_dump(array_map(fn($f)=>[$f["name"],$f["size"],$f["error"]],$_FILES), $_POST);',
    "readfile": 'readfile("inc.txt");',
    "connection_status": 'echo connection_status(), ignore_user_abort() ;',
    "header_list": 'header("X-A: 1"); echo json_encode(headers_list()), http_response_code();',
}
