@echo off
chcp 65001 >nul
setlocal
title 安装大走访值守
cd /d "%~dp0.."
echo 把收表值守装成计划任务：登录后自动启动，出错自动重启。
if not exist "%CD%\process.py" goto nohome
set "DAZOUFANG_TASK_FILE=%TEMP%\dazoufang-task.xml"
set "DAZOUFANG_TASK_FROM=%~dp0大走访值守.xml"
set "DAZOUFANG_ROOT=%CD%"
powershell -NoProfile -ExecutionPolicy Bypass -Command "$x = [xml](Get-Content -Raw -Encoding Unicode -LiteralPath $env:DAZOUFANG_TASK_FROM); $e = $x.Task.Actions.Exec; $e.Command = $env:DAZOUFANG_ROOT + '\services\一键值守.bat'; $e.WorkingDirectory = $env:DAZOUFANG_ROOT; $w = New-Object System.Xml.XmlTextWriter($env:DAZOUFANG_TASK_FILE, [Text.Encoding]::Unicode); $x.Save($w); $w.Close()"
if errorlevel 1 goto failed
if /i "%~1"=="/boot" goto boot
schtasks /Create /TN "大走访值守" /XML "%DAZOUFANG_TASK_FILE%" /F
if errorlevel 1 goto denied
goto start
:boot
echo 没人登录时也要值守：请输入这台电脑当前用户的 Windows 密码。
schtasks /Create /TN "大走访值守" /XML "%DAZOUFANG_TASK_FILE%" /RU "%USERDOMAIN%\%USERNAME%" /RP * /F
if errorlevel 1 goto denied
:start
del "%DAZOUFANG_TASK_FILE%" >nul 2>nul
schtasks /Run /TN "大走访值守"
if errorlevel 1 goto failed
echo.
echo 装好了，现在已经在值守。以后登录这台电脑，值守会自动启动。
echo 要看它是否正常，请运行：python process.py status
pause
exit /b 0
:nohome
echo 没有找到 process.py。请不要把这个文件单独拿走，在程序文件夹的 services 里双击它。
pause
exit /b 1
:denied
del "%DAZOUFANG_TASK_FILE%" >nul 2>nul
echo.
echo 没有装上。请在“安装值守.bat”上点右键，选“以管理员身份运行”，再试一次。
pause
exit /b 1
:failed
echo.
echo 没有装好，原因见上面的文字。也可以不装，每天上班双击“一键值守.bat”。
pause
exit /b 1
