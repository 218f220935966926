#!/bin/sh
# 在桌面上放“大走访”的图标（统信、麒麟等）：在程序文件夹里运行 sh packaging/start/desktop-icons.sh 。
# 图标里写着程序文件夹的位置；程序文件夹搬了家，再运行一次。
start=$(cd "$(dirname "$0")" && pwd) || exit 9
desktop=${1:-$(xdg-user-dir DESKTOP 2>/dev/null)}
for folder in "$desktop" "$HOME/桌面" "$HOME/Desktop"; do
    [ -n "$folder" ] && [ "$folder" != "$HOME" ] && [ -d "$folder" ] && break
    folder=
done
if [ -z "$folder" ]; then
    echo "没有找到桌面。请写出它的文件夹：sh packaging/start/desktop-icons.sh 桌面文件夹"
    exit 9
fi
# 图标文件里，引号中的 \ " ` $ 前面要加 \，整行的 \ 再写成两个；% 写成两个；sed 里的 & | \ 前面再加 \。
path=$(printf '%s' "$start" | sed -e 's/[\\"`$]/\\&/g' -e 's/\\/\\\\/g' -e 's/%/%%/g' -e 's/[\\&|]/\\&/g')
for icon in "$start"/*.desktop; do
    target=$folder/大走访-$(basename "$icon")
    sed -e "s|@START@|$path|" "$icon" >"$target" && chmod +x "$target" || exit 9
    # 有的桌面要先信任图标
    gio set "$target" metadata::trusted true 2>/dev/null
done
echo "图标已放在 $folder"
