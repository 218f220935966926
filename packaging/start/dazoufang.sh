#!/bin/sh
# 双击用：dazoufang.sh 命令。找到程序和 Python，运行命令，等人看完再关窗口。
cd "$(dirname "$0")/../.." || exit 9
if [ ! -f process.py ]; then
    echo "没有找到 process.py。请不要把这个文件单独拿走，在程序文件夹里双击它。"
    code=9
else
    python=python3
    for found in .venv/bin/python python3 python3.14 python3.13 python3.12 python3.11; do
        if "$found" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            python=$found
            break
        fi
    done
    "$python" process.py "$@"
    code=$?
    echo
    if [ "$code" = 0 ]; then
        echo "做完了。"
    elif [ "$code" = 127 ]; then
        echo "没有找到 Python。请先按 README.zh-CN.md 安装，再双击一次。"
    else
        echo "代码 $code，原因见上面的文字。没有丢东西，改好后再双击一次。"
    fi
fi
if [ -t 0 ]; then
    printf "按回车关闭窗口 "
    read -r _
fi
exit "$code"
